import { spawnSync } from 'node:child_process';

/** Whether a program can be run here. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['-v'], { stdio: 'ignore' }).error === undefined;
}

const READ = `
require 'erb'; require 'yaml'; require 'json'
texts = JSON.parse(STDIN.read)
puts JSON.generate(texts.map { |text| YAML.parse(ERB.new(text).result).to_ruby })
`;

/** The files as synapse reads them: ERB, then YAML, by the Ruby that is installed. */
export function readWithRuby(texts: readonly string[], env: Readonly<Record<string, string>>): readonly unknown[] {
  const { status, stdout, stderr } = spawnSync('ruby', ['-e', READ], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...env },
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown[];
}
