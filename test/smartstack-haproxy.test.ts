import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toSmartStackSettings } from '../compiler/load/smartstack-settings.ts';
import type { SynapseWorld } from '../constructs/_synapse-entries.ts';
import { evaluateErb } from './support/erb.ts';
import { freePorts } from './support/free-ports.ts';
import { HOSTS, LOCATION_TYPES, meshServices, smartstackOf } from './support/golden-hosts.ts';
import { hasProgram, readWithRuby } from './support/ruby.ts';
import { skipSuite } from './support/skip.ts';
import { KITCHEN_SINK, serviceFiles, topFile, WORLD } from './support/synapse-files.ts';
import {
  haproxyConfig,
  type GeneratedConfig,
  type SynapseTop,
  type SynapseWatcher,
} from './support/synapse-renderer.ts';

const SERVERS = [
  { name: 'shop-main-1', host: '10.0.0.5', port: 8888, weight: 10 },
  { name: 'shop-main-2', host: '10.0.0.6', port: 8888, weight: 0 },
];
const ENV = { PAASTA_HOST: 'node-1' };
const NODE = { '/nail/etc/habitat': 'west-1a\n' };

const company = Object.fromEntries(meshServices().map((service) => [service, smartstackOf(service)!]));
const CASES = [
  { name: 'a namespace for every key', services: { sink: KITCHEN_SINK }, world: WORLD },
  ...HOSTS.flatMap((host) =>
    Object.keys(host.synapse).map((file) => {
      const settings = toSmartStackSettings(host.smartstack(file));
      const world: SynapseWorld = { ...WORLD, settings, types: LOCATION_TYPES };
      return { name: `${file} of ${host.name}`, services: company, world };
    }),
  ),
];

/** haproxy.cfg of the files, read by `read`. */
function generate(
  { services, world }: (typeof CASES)[number],
  read: (texts: readonly string[]) => readonly unknown[],
): GeneratedConfig {
  const files = serviceFiles(services, world);
  const [top, ...watchers] = read([topFile(world), ...Object.values(files)]);
  const names = Object.keys(files);
  const byName = Object.fromEntries(watchers.map((watcher, index) => [names[index]!, watcher as SynapseWatcher]));
  return haproxyConfig(top as SynapseTop, byName, SERVERS);
}

const here = (texts: readonly string[]): readonly unknown[] =>
  texts.map((text) => JSON.parse(evaluateErb(text, { env: ENV, files: NODE })) as unknown);

for (const each of CASES) {
  test(`synapse writes every line of ${each.name}`, () => {
    const { dropped, text } = generate(each, here);
    assert.equal(dropped, []);
    assert.match(text, /\nfrontend .*\n\t/);
  });
}

if (!hasProgram('ruby')) skipSuite('smartstack with Ruby', 'ruby is not installed');
else {
  test("Ruby's ERB and YAML read the files as they were meant", () => {
    const files = Object.values(serviceFiles({ sink: withoutNodeFiles() }));
    assert.equal(readWithRuby([topFile(), ...files], ENV), here([topFile(), ...files]));
  });
}

if (!hasProgram('haproxy') || !hasProgram('ruby')) {
  skipSuite('smartstack with HAProxy', 'haproxy or ruby is not installed');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));

  for (const each of CASES) {
    test(`HAProxy accepts what synapse makes of ${each.name}`, () => {
      const services = each.world === WORLD ? { sink: withoutNodeFiles() } : each.services;
      const { text } = generate({ ...each, services }, (texts) => readWithRuby(texts, ENV));
      const config = join(folder, 'haproxy.cfg');
      writeFileSync(config, text.replaceAll(/^\terrorfile .*\n/gm, ''));
      const { status, stdout, stderr } = spawnSync('haproxy', ['-c', '-f', config], { encoding: 'utf8' });
      assert.is(status, 0, `${stdout}${stderr}`);
    });
  }

  test('texts of headers reach hacheck and the service as they were written', async () => {
    const backend = createServer();
    const requests = requestsOf(backend);
    const port = await listen(backend);
    const [proxyPort, statsPort] = await freePorts(2);
    const small = { maximumConnections: 100, checkInterval: '1s' };
    const synapse = { ...WORLD.settings.synapse, ...small, hacheckPort: port, statsPort: statsPort! };
    const world = { ...WORLD, settings: { ...WORLD.settings, synapse } };
    const sink = { headers: { ...KITCHEN_SINK['headers'], proxy_port: proxyPort! } };
    const files = serviceFiles({ sink }, world);
    const [top, watcher] = readWithRuby([topFile(world), files['sink.headers']!], ENV);
    const server = { name: 'here', host: '127.0.0.1', port, weight: 10 };
    const { text } = haproxyConfig(top as SynapseTop, { 'sink.headers': watcher as SynapseWatcher }, [server]);
    const config = join(folder, 'live.cfg');
    mkdirSync(join(folder, 'sockets'), { recursive: true });
    writeFileSync(config, text.replaceAll('/var/run/synapse', folder));
    const haproxy = spawn('haproxy', ['-db', '-f', config], { stdio: 'ignore' });
    const isDead = once(haproxy, 'exit').then(() => Promise.reject(new Error('HAProxy ended')));
    try {
      const check = await Promise.race([requests.next(), isDead]);
      assert.is(check.url, '/http/sink.headers/0/status');
      assertHeaders(check, KITCHEN_SINK['headers']!['extra_healthcheck_headers']);
      assert.ok(check.headers['x-haproxy-server-state'] !== undefined);
      const request = fetch(`http://127.0.0.1:${proxyPort!}/page`);
      const seen = await Promise.race([requests.next((each) => each.url === '/page'), isDead]);
      assertHeaders(seen, KITCHEN_SINK['headers']!['extra_headers']);
      assert.is((await request).status, 200);
    } finally {
      haproxy.kill('SIGKILL');
      await isDead.catch(() => undefined);
      backend.closeAllConnections();
      backend.close();
    }
  });

  test('a configuration that HAProxy refuses is told apart', () => {
    const config = join(folder, 'bad.cfg');
    writeFileSync(config, 'defaults\n\toption forceclose\n');
    assert.is.not(spawnSync('haproxy', ['-c', '-f', config]).status, 0);
  });
}

/** Requests in the order in which they come; each is answered with 200. */
function requestsOf(server: Server) {
  const waiting: IncomingMessage[] = [];
  const events = new EventEmitter();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    waiting.push(request);
    response.end('OK');
    events.emit('request');
  });
  return {
    async next(isWanted: (request: IncomingMessage) => boolean = () => true): Promise<IncomingMessage> {
      for (;;) {
        const found = waiting.findIndex(isWanted);
        if (found >= 0) return waiting.splice(found, 1)[0]!;
        await once(events, 'request');
      }
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function assertHeaders(request: IncomingMessage, headers: unknown): void {
  for (const [name, value] of Object.entries(headers as Record<string, string>)) {
    // HAProxy's checks leave an empty header out.
    const raw = (request.headers[name.toLowerCase()] as string | undefined) ?? '';
    const sent = Buffer.from(raw, 'latin1').toString('utf8');
    assert.is(sent, value.trim(), name);
  }
}

/** Ruby would look for this machine's own location files. */
function withoutNodeFiles(): typeof KITCHEN_SINK {
  return { ...KITCHEN_SINK, widely: { ...KITCHEN_SINK['widely'], advertise: ['superregion', 'region'] } };
}

test.run();
