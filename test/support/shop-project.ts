import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tempDir } from './git-repository.ts';
import { SYSTEM } from './sources.ts';

/** Writes files below a folder. */
export function writeFiles(dir: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

/** A project whose soa-configs are the given files, with a small system configuration, in a folder of its own or a given one. */
export function shopProject(soa: Readonly<Record<string, string>>, dir = tempDir('validate')): string {
  writeFiles(dir, {
    'paasta-gitops.yaml': 'soa_dir: soa\nsystem_config_dir: etc\n',
    'etc/system.json': JSON.stringify(SYSTEM),
    ...Object.fromEntries(Object.entries(soa).map(([path, text]) => [`soa/${path}`, text])),
  });
  return dir;
}
