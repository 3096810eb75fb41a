/** What people see in an editor: the real yaml-language-server with the settings, modelines and catalogue made here. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callCli } from './support/call-cli.ts';
import { startLanguageServer, type LanguageClient, type ShownMistake } from './support/language-client.ts';
import { ROOT } from './support/run-cli.ts';
import { shopProject } from './support/shop-project.ts';
import { skipSuite } from './support/skip.ts';
import { SHOP } from './support/validate.ts';

const program = process.env['YAML_LANGUAGE_SERVER'] ?? '';
const FILE = 'soa/shop/kubernetes-norcal-prod.yaml';
const WRONG = 'main:\n  cpus: 1\n  cpuz: 1\n';

const settings = (more: object): Readonly<Record<string, object>> => ({
  yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false }, ...more },
});

const print = async (cwd: string, ...args: readonly string[]): Promise<string> =>
  (await callCli(['schema', ...args], { cwd })).stdout;

/** Runs an editor in a project. */
async function edit(cwd: string, yaml: object, use: (client: LanguageClient) => Promise<void>): Promise<void> {
  const client = await startLanguageServer(program, cwd, settings(yaml));
  try {
    await use(client);
  } finally {
    await client.close();
  }
}

const messages = (mistakes: readonly ShownMistake[]): readonly string[] =>
  mistakes.map(({ message, range }) => `${range.start.line + 1}: ${message}`);

/** The settings of a project, as the editor finds them in its file. */
const ownSettings = (text: string): object => ({
  schemas: (JSON.parse(text) as Readonly<Record<string, object>>)['yaml.schemas'],
});

function suite(): void {
  test('settings: a wrong key is an error at its line, legal keys are offered and explained', async () => {
    const cwd = shopProject(SHOP);
    await edit(cwd, ownSettings(await print(cwd, 'settings')), async (client) => {
      assert.equal(messages(await client.open(FILE, WRONG)), ['3: Property cpuz is not allowed.']);
      assert.match(JSON.stringify(await client.ask('hover', FILE, 1, 4)), 'CPUs that are reserved for one replica');
      const offered = (await client.ask('completion', FILE, 2, 6)) as { items: readonly { label: string }[] };
      assert.ok(offered.items.some(({ label }) => label === 'cpu_burst_add'));
    });
  });

  test('modelines: files know their schemas without settings', async () => {
    const cwd = shopProject({ ...SHOP, 'shop/kubernetes-norcal-prod.yaml': WRONG });
    await callCli(['validate', '--write-modelines'], { cwd });
    await edit(cwd, {}, async (client) => {
      const mistakes = await client.open(FILE, readFileSync(join(cwd, FILE), 'utf8'));
      assert.equal(messages(mistakes), ['4: Property cpuz is not allowed.']);
      assert.match(JSON.stringify(await client.ask('hover', FILE, 2, 4)), 'CPUs that are reserved for one replica');
      assert.equal(messages(await client.open('soa/shop/plain.yaml', WRONG)), []);
    });
  });

  test('catalogue: schemas that a server offers', async () => {
    const cwd = shopProject(SHOP);
    let catalogue = '';
    const server = createServer(({ url = '' }, answer) => {
      const name = basename(url);
      answer.end(name === 'catalog.json' ? catalogue : readFileSync(join(ROOT, 'schemas', name)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      catalogue = await print(cwd, 'catalog', '--base-url', base);
      await edit(cwd, { schemaStore: { enable: true, url: `${base}catalog.json` } }, async (client) => {
        assert.equal(messages(await client.open(FILE, WRONG)), ['3: Property cpuz is not allowed.']);
      });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test('the files of this repository have no mistakes', async () => {
    const own = readFileSync(join(ROOT, '.vscode/settings.json'), 'utf8');
    await edit(ROOT, ownSettings(own), async (client) => {
      const folder = 'examples/company/soa-configs';
      const files = (readdirSync(join(ROOT, folder), { recursive: true }) as string[]).filter((path) =>
        /[/].*[.]yaml$/.test(path),
      );
      assert.ok(files.length > 20);
      for (const path of files.map((file) => `${folder}/${file}`)) {
        assert.equal(messages(await client.open(path, readFileSync(join(ROOT, path), 'utf8'))), [], path);
      }
      assert.equal(messages(await client.open(`${folder}/web/eks-x.yaml`, WRONG)), [
        '3: Property cpuz is not allowed.',
      ]);
    });
  });
}

if (existsSync(program)) {
  suite();
  test.run();
} else {
  skipSuite('yaml-language-server', 'YAML_LANGUAGE_SERVER names no program (npm package yaml-language-server)');
}
