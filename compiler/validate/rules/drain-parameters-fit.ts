import type { Path } from '../../diagnostics/diagnostic.ts';
import { isMap, isNumeric, toNumber, type YamlMap, type YamlValue } from '../../model/yaml-value.ts';
import { aboutKey, type InstanceRule } from '../rule.ts';
import { textOf } from '../settings.ts';
import { own } from '../view.ts';

/** Requests of the method `http`. */
const REQUESTS = ['drain', 'stop_draining', 'is_draining', 'is_safe_to_kill'] as const;
const PLACEHOLDERS = ['host', 'port', 'service', 'instance', 'nerve_ns'];
const CODES = /^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/;

interface Problem {
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

/**
 * Parameters of a drain method can be used by it. Pre-stop hooks drain pods whatever is chosen, so a mistake here shows only
 * where another program reads the keys. PaaSTA: the constructors of `drain_lib`.
 */
export const drainParametersFit: InstanceRule = (view) => {
  const params = view.workload.keys.get('drain_method_params');
  if (!isMap(params)) return [];
  const method = textOf(view.workload, 'drain_method');
  const problems = method === 'http' ? httpProblems(params) : method === 'hacheck' ? hacheckProblems(params) : [];
  return problems.map(({ path, ...text }) =>
    aboutKey(view, ['drain_method_params', ...path], { class: 'policy', code: 'bad-drain-parameter', ...text }),
  );
};

function hacheckProblems(params: YamlMap): readonly Problem[] {
  return ['delay', 'expiration', 'hacheck_port']
    .filter((key) => own(params, key) !== undefined && !isCount(own(params, key)))
    .map((key) => ({ path: [key], message: `${key} of the drain method hacheck is not a number of 0 or more` }));
}

function isCount(value: YamlValue | undefined): boolean {
  return isNumeric(value) && toNumber(value) >= 0;
}

function httpProblems(params: YamlMap): readonly Problem[] {
  return REQUESTS.flatMap((request) => {
    const settings = own(params, request);
    return isMap(settings) ? requestProblems(request, settings) : [];
  });
}

function requestProblems(request: string, settings: YamlMap): readonly Problem[] {
  const url = own(settings, 'url_format');
  const codes = own(settings, 'success_codes');
  const problems: Problem[] = [];
  if (typeof url !== 'string') problems.push({ path: [request], message: `${request} has no text url_format` });
  else problems.push(...urlProblems(request, url));
  if (codes === undefined || !CODES.test(String(codes as string | number))) {
    const message = `${request} has no success_codes that can be read`;
    problems.push({ path: [request, 'success_codes'], message, hint: 'write codes and ranges, such as "200-399,404"' });
  }
  return problems;
}

function urlProblems(request: string, url: string): readonly Problem[] {
  const names = [...url.replaceAll(/\{\{|\}\}/g, '').matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name!);
  return names
    .filter((name) => !PLACEHOLDERS.includes(name))
    .map((name) => ({
      path: [request, 'url_format'],
      message: `url_format of ${request} has the unknown field "{${name}}"`,
      hint: `known fields are ${PLACEHOLDERS.map((each) => `{${each}}`).join(' ')}`,
    }));
}
