import type { Construct } from 'constructs';
import { limitSize, sanitise } from '../compiler/model/names.ts';
import type { KubeObject } from '../compiler/model/rendered-file.ts';
import { SUPPORT_ANNOTATIONS } from './_delivery-annotations.ts';
import { PlainApiObject } from './_plain-api-object.ts';

export interface ExternalSecretProps {
  readonly namespace: string;
  /** Name of the Secret that pods refer to. */
  readonly name: string;
  /** Owner of the secret in soa-configs; `_shared` for shared secrets. */
  readonly service: string;
  /** Where the operator finds the values. */
  readonly store: { readonly name: string; readonly kind: string };
  /** Keys of the Secret and where each value is kept in the store. */
  readonly keys: readonly ExternalSecretKey[];
}

export interface ExternalSecretKey {
  /** Key in the Secret. */
  readonly key: string;
  /** Name or path in the store. */
  readonly remoteKey: string;
  /** Member of the value in the store. @default - the whole value */
  readonly remoteProperty?: string;
}

/** Makes the External Secrets operator write a Secret under the name and keys that pods refer to; holds no value itself. */
export class ExternalSecret extends PlainApiObject {
  constructor(scope: Construct, id: string, props: ExternalSecretProps) {
    super(scope, id, ExternalSecret.manifest(props));
  }

  /** The manifest alone. */
  static manifest(props: ExternalSecretProps): KubeObject {
    const service = limitSize(sanitise(props.service));
    return {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: {
        name: props.name,
        namespace: props.namespace,
        // The operator copies labels to the Secret, where PaaSTA has them.
        labels: { 'yelp.com/paasta_service': service, 'paasta.yelp.com/service': service },
        annotations: SUPPORT_ANNOTATIONS,
      },
      spec: {
        secretStoreRef: { name: props.store.name, kind: props.store.kind },
        data: props.keys.map(remoteValue),
      },
    };
  }
}

function remoteValue(key: ExternalSecretKey): object {
  const property = key.remoteProperty === undefined ? {} : { property: key.remoteProperty };
  return { secretKey: key.key, remoteRef: { key: key.remoteKey, ...property } };
}
