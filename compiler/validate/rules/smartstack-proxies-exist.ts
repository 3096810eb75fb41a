import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import { isMap } from '../../model/yaml-value.ts';
import { aboutFile, type ServiceRule } from '../rule.ts';

const KEYS = ['proxied_through', 'clb_proxy'] as const;

/** `proxied_through` and `clb_proxy` name a namespace that exists. PaaSTA: `_check_smartstack_valid_proxy`. */
export const smartstackProxiesExist: ServiceRule = ({ sources }) => {
  const { service, smartstack, foreignSmartstack } = sources;
  if (smartstack.kind !== 'read' || !isMap(smartstack.document.value)) return [];
  const { document } = smartstack;
  return Object.entries(smartstack.document.value).flatMap(([namespace, settings]) =>
    KEYS.flatMap((key) => {
      const proxy = isMap(settings) ? settings[key] : undefined;
      if (typeof proxy !== 'string') return [];
      const [name = '', ...rest] = proxy.split('.');
      const file = name === service ? smartstack : foreignSmartstack[name];
      if (file?.kind === 'broken') return [];
      const known = file?.kind === 'read' && isMap(file.document.value) ? Object.keys(file.document.value) : [];
      const wanted = rest.join('.');
      if (known.includes(wanted)) return [];
      const message = `${key} ${JSON.stringify(proxy)} names no namespace that exists`;
      const hint =
        known.length === 0 ? `${name || 'that service'} has no smartstack.yaml` : didYouMean(wanted, known).hint;
      const text = { class: 'policy', code: 'smartstack-proxied-through', message, hint } as const;
      return [aboutFile(document, [namespace, key], { service, instances: [] }, text)];
    }),
  );
};
