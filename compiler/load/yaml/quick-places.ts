import type { YamlValue } from '../../model/yaml-value.ts';
import { CODE } from './cursor.ts';
import { PlaceRecorder } from './places.ts';
import { QuickReader } from './quick-reader.ts';

/** Where everything stands in a text that `readQuickly` has read, as the whole reader would record it. */
export function recordQuickly(text: string): PlaceRecorder {
  const reader = new PlacingReader(Buffer.from(text, 'latin1'), text);
  reader.document();
  return reader.recorder;
}

/** The same way through a text once more, which tells a recorder what it meets. */
class PlacingReader extends QuickReader {
  readonly recorder = new PlaceRecorder();
  /** End of the sign or the anchor met last: where a value that is not there stands. */
  private signEnd = 0;
  /** End of the value met last. */
  private lastEnd = 0;
  /** Name met last, until a node takes it for its anchor. */
  private anchor: string | undefined;

  protected override mapping(column: number): YamlValue {
    this.open('map');
    const value = super.mapping(column);
    this.recorder.close(this.lastEnd);
    return value;
  }

  protected override sequence(column: number): YamlValue {
    this.open('seq');
    const value = super.sequence(column);
    this.recorder.close(this.lastEnd);
    return value;
  }

  protected override key(stops?: Uint8Array): string {
    const start = this.at;
    const key = super.key(stops);
    this.recorder.setKey(key, { start, end: this.endBefore(this.at - 1) }, key === '<<');
    return key;
  }

  protected override entry(column: number, isInMapping: boolean): YamlValue {
    this.signEnd = this.at;
    return super.entry(column, isInMapping);
  }

  protected override name(): string {
    this.anchor = super.name();
    this.signEnd = this.at;
    return this.anchor;
  }

  protected override empty(): null {
    this.scalar(this.signEnd, this.signEnd);
    return super.empty();
  }

  protected override value(code: number, stops: Uint8Array): YamlValue {
    const start = this.at;
    if (code === CODE.leftBracket || code === CODE.leftBrace) {
      this.open(code === CODE.leftBracket ? 'seq' : 'map');
      const value = super.value(code, stops);
      this.recorder.close((this.lastEnd = this.at));
      return value;
    }
    const value = super.value(code, stops);
    if (code === CODE.star) {
      this.lastEnd = this.at;
      this.recorder.alias({ start, end: this.at }, this.takeAnchor()!);
    } else if (this.bytes[this.at] !== CODE.colon) this.scalar(start, this.endBefore(this.at));
    // Before a colon it is the first key of a mapping in a list, and will be read again as such.
    return value;
  }

  protected override blockScalar(column: number): string {
    const start = this.at;
    const value = super.blockScalar(column);
    this.scalar(start, this.blockEnd);
    return value;
  }

  private open(kind: 'seq' | 'map'): void {
    this.recorder.open(kind, { start: this.at, end: this.at }, this.takeAnchor());
  }

  private scalar(start: number, end: number): void {
    this.lastEnd = end;
    this.recorder.scalar({ start, end }, this.takeAnchor());
  }

  private takeAnchor(): string | undefined {
    const { anchor } = this;
    this.anchor = undefined;
    return anchor;
  }

  /** The end of what stands before spaces. */
  private endBefore(at: number): number {
    let end = at;
    while (this.bytes[end - 1] === CODE.space) end--;
    return end;
  }
}
