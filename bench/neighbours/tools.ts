import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Neighbour } from './neighbour.ts';
import { kustomizeFiles } from './kustomize/overlays.ts';
import type { InstanceValues } from './values.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const folderOf = (i: InstanceValues): string => `${i.cluster}.${i.namespace}.${i.name}`;

function write(path: string, data: unknown): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(data));
  return path;
}

const helm: Neighbour = {
  name: 'Helm, one umbrella chart',
  program: 'helm',
  mostInstances: Infinity,
  prepare(instances, input) {
    const values = write(join(input, 'values.json'), { instances });
    return ['helm', 'template', 'fleet', join(HERE, 'helm'), '--values', values];
  },
};

const jsonnet: Neighbour = {
  name: 'jsonnet, one file an instance',
  program: 'jsonnet',
  mostInstances: Infinity,
  prepare(instances, input, out) {
    const values = write(join(input, 'values.json'), { instances });
    return ['jsonnet', '-m', out, '--ext-code-file', `values=${values}`, join(HERE, 'jsonnet/fleet.jsonnet')];
  },
};

const cdk8s: Neighbour = {
  name: 'cdk8s, one App, app.synth()',
  program: 'node',
  mostInstances: 1000,
  prepare(instances, input, out) {
    return ['node', join(HERE, 'cdk8s/app.mjs'), write(join(input, 'values.json'), { instances }), out];
  },
};

const kustomize: Neighbour = {
  name: 'kustomize, one overlay an instance',
  program: 'kustomize',
  mostInstances: 1000,
  prepare(instances, input) {
    for (const base of ['base', 'autoscaled']) {
      cpSync(join(HERE, 'kustomize', base), join(input, base), { recursive: true });
    }
    for (const each of instances) {
      for (const [file, data] of Object.entries(kustomizeFiles(each))) write(join(input, folderOf(each), file), data);
    }
    const clusters = [...new Set(instances.map(({ cluster }) => cluster))];
    for (const cluster of clusters) {
      const resources = instances.filter((each) => each.cluster === cluster).map((each) => `../${folderOf(each)}`);
      write(join(input, cluster, 'kustomization.yaml'), { resources });
    }
    return ['sh', '-ec', 'for cluster; do echo ---; kustomize build "$cluster"; done', 'sh', ...clusters];
  },
};

const kapitan: Neighbour = {
  name: 'kapitan, one target an instance',
  program: 'kapitan',
  mostInstances: 1000,
  prepare(instances, input, out) {
    cpSync(join(HERE, 'kapitan/instance.jsonnet'), join(input, 'instance.jsonnet'));
    cpSync(join(HERE, 'jsonnet/instance.libsonnet'), join(input, 'instance.libsonnet'));
    mkdirSync(join(input, 'inventory/classes'), { recursive: true });
    const compile = [{ input_paths: ['instance.jsonnet'], input_type: 'jsonnet', output_path: '.' }];
    for (const values of instances) {
      const target = `${values.cluster}-${values.name}`;
      const parameters = { kapitan: { vars: { target }, compile }, values };
      write(join(input, 'inventory/targets', `${target}.yml`), { parameters });
    }
    return ['kapitan', 'compile', '--output-path', out, '--search-paths', input];
  },
};

/** Every tool that is compared, fastest first. */
export const NEIGHBOURS: readonly Neighbour[] = [helm, jsonnet, cdk8s, kustomize, kapitan];
