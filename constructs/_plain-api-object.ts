import { ApiObject, type ApiObjectProps, type JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';

/**
 * An API object whose content is plain JSON data from the start: base of the constructs here.
 *
 * cdk8s resolves lazy values and sorts keys scalar by scalar, twice for metadata; plain data needs neither, and that work is
 * most of the cost of a synthesis. Metadata changed through `metadata`, and JSON patches, work as in any `ApiObject`. Each class also
 * has a static `manifest`, as those have that cdk8s generates: for objects that nobody else has a hand in.
 */
export class PlainApiObject extends ApiObject {
  readonly #content: ApiObjectProps;
  #isPatched = false;

  constructor(scope: Construct, id: string, content: ApiObjectProps) {
    super(scope, id, content);
    this.#content = content;
  }

  /** Applies JSON patches to the manifest when it is rendered. */
  override addJsonPatch(...ops: JsonPatch[]): void {
    this.#isPatched = true;
    super.addJsonPatch(...ops);
  }

  /** The manifest. Unless patched, it shares its content with the construct: do not change it. */
  override toJson(): unknown {
    if (this.#isPatched) return super.toJson();
    return { ...this.#content, metadata: this.metadata.toJson() as unknown };
  }
}
