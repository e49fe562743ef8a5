// Every form of a Redis address that docs/redis.md lists, against real servers: unix socket, TLS with a CA and a client certificate, a Sentinel
// group and a Cluster over TLS with passwords. On each, danmux with all roles delivers a gift, runs a delayed one (BullMQ), and logs in as its user.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { type Certificates, makeCertificates } from '../src/certificates.ts';
import {
  Backend,
  Child,
  eventually,
  freePort,
  freePorts,
  type RedisServer,
  redisCli,
  startNodeProcess,
  startRedis,
  TestViewer,
  testSecrets,
  testToken,
} from '../src/index.ts';

const run = promisify(execFile);
/** A room of its own for each run, since runs may share a database. */
let runs = 0;
const password = 'p@ss/word:?&=';
const written = encodeURIComponent(password);
/** Servers accept the default user without a password, for the tools of the test; danmux must log in as this user. */
const login = ['--user', 'danmux', 'on', `>${password}`, '~*', '&*', '+@all'];

let dir: string;
let pem: Certificates;
const stops: (() => Promise<void>)[] = [];
before(() => {
  dir = mkdtempSync(join(tmpdir(), 'danmux-addresses-'));
  pem = makeCertificates(dir);
});
after(async () => {
  for (const stop of stops.reverse()) await stop();
  rmSync(dir, { recursive: true, force: true });
});

const tlsFiles = () => ['--tls-cert-file', pem.server.cert, '--tls-key-file', pem.server.key, '--tls-ca-cert-file', pem.ca];

async function redisWith(...args: string[]): Promise<RedisServer> {
  const redis = await startRedis({ args });
  stops.push(() => redis.stop());
  return redis;
}

/** A server with TLS on a second port. It asks for a client certificate unless `auth` is `no`. */
async function tlsRedis(auth: 'yes' | 'no', ...args: string[]): Promise<RedisServer & { tlsPort: number }> {
  const tlsPort = await freePort();
  const redis = await redisWith(...login, '--tls-port', String(tlsPort), '--tls-auth-clients', auth, ...tlsFiles(), ...args);
  return { ...redis, tlsPort };
}

/** Runs danmux with all roles on this address; a viewer gets a gift at once and one by a job; each connection is of the user `danmux`. */
async function mustWork(env: Readonly<Record<string, string>>, servers: readonly RedisServer[], user = 'danmux'): Promise<void> {
  const room = `live:${++runs}`;
  const first = await freePorts(2);
  const danmux = startNodeProcess('danmux', { roles: 'all', env: { ...env, DANMUX_EDGE_PORT: String(first), DANMUX_API_PORT: String(first + 1) } });
  let viewer: TestViewer | undefined;
  try {
    await danmux.ready;
    const backend = new Backend(`http://127.0.0.1:${first + 1}`, testSecrets.DANMUX_API_KEY);
    await eventually(async () => assert.equal((await backend.get('/readyz')).status, 200, danmux.output), { timeoutMs: 15_000 });
    viewer = new TestViewer({ urls: [`http://127.0.0.1:${first}`], room, token: await testToken('ann') });
    await viewer.joined();
    const { id } = await backend.push({ room, type: 'gift', data: {} });
    const delayed = await backend.post(`/v1/rooms/${room}/messages`, { type: 'gift', data: {}, delay_ms: 50 });
    assert.equal(delayed.status, 202, JSON.stringify(delayed.body));
    const ids = new Set([id, (delayed.body as { id: string }).id]);
    await eventually(() => assert.deepEqual(new Set(viewer?.ids('gift')), ids), { timeoutMs: 10_000 });
    for (const server of servers) {
      const users = [...(await server.command('CLIENT LIST')).matchAll(/ name=danmux-\S* .* user=(\S+)/g)].map((match) => match[1]);
      assert.ok(users.length > 0, 'danmux has connections to this server');
      assert.deepEqual(
        users.filter((name) => name !== user),
        [],
      );
    }
  } finally {
    viewer?.close();
    await danmux.stop();
  }
}

test('redis+unix: a socket, with a user and a database', { timeout: 60_000 }, async () => {
  const socket = join(dir, 'redis.sock');
  const redis = await redisWith(...login, '--unixsocket', socket);
  await mustWork({ REDIS_URL: `redis+unix://danmux:${written}@${socket}?db=3` }, [redis]);
  assert.match(await redis.command('INFO keyspace'), /db3:keys=/);
  assert.doesNotMatch(await redis.command('INFO keyspace'), /db0:keys=/);
});

test('rediss with a CA file and a client certificate, by settings and by options', { timeout: 60_000 }, async () => {
  const redis = await tlsRedis('yes');
  const url = `rediss://danmux:${written}@127.0.0.1:${redis.tlsPort}`;
  await mustWork({ REDIS_URL: url, DANMUX_REDIS_TLS_CA: pem.ca, DANMUX_REDIS_TLS_CERT: pem.client.cert, DANMUX_REDIS_TLS_KEY: pem.client.key }, [redis]);
  await mustWork({ REDIS_URL: `${url}/2?tls_ca=${pem.ca}&tls_cert=${pem.client.cert}&tls_key=${pem.client.key}&tls_servername=redis.test` }, [redis]);
});

test('rediss+sentinel: TLS and passwords for the servers and the Sentinels', { timeout: 90_000 }, async () => {
  const master = await tlsRedis('no', '--tls-replication', 'yes');
  const port = await freePort();
  const file = join(dir, 'sentinel.conf');
  const lines = [
    ...['port 0', `tls-port ${port}`, 'tls-replication yes', 'tls-auth-clients no', 'bind 127.0.0.1', `dir ${dir}`, 'requirepass sentinel-password'],
    ...[`tls-cert-file ${pem.server.cert}`, `tls-key-file ${pem.server.key}`, `tls-ca-cert-file ${pem.ca}`],
    ...[`sentinel monitor main 127.0.0.1 ${master.tlsPort} 1`, 'sentinel down-after-milliseconds main 5000'],
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const sentinel = new Child('sentinel', 'redis-server', [file, '--sentinel']);
  stops.push(() => sentinel.stop('SIGKILL'));
  const asked = ['--tls', '--cacert', pem.ca, '-h', '127.0.0.1', '-a', 'sentinel-password', '--no-auth-warning'];
  await eventually(async () => assert.match(await redisCli(port, ...asked, 'sentinel', 'master', 'main'), /flags\nmaster\n/, sentinel.output), {
    timeoutMs: 10_000,
  });
  const url = `rediss+sentinel://danmux:${written}@127.0.0.1:${port}/main/1`;
  await mustWork({ REDIS_URL: url, DANMUX_REDIS_TLS_CA: pem.ca, DANMUX_REDIS_SENTINEL_PASSWORD: 'sentinel-password' }, [master]);
  await mustWork({ REDIS_URL: `${url}?tls_ca=${pem.ca}&sentinel_password=sentinel-password` }, [master]);
});

test('rediss+cluster: TLS to every node', { timeout: 90_000 }, async () => {
  const nodes: (RedisServer & { tlsPort: number })[] = [];
  for (let i = 0; i < 3; i++) {
    const bus = ['--cluster-enabled', 'yes', '--tls-cluster', 'yes', '--tls-replication', 'yes', '--cluster-port', String(await freePort())];
    nodes.push(await tlsRedis('no', ...bus, '--cluster-announce-ip', '127.0.0.1'));
  }
  await meet(nodes);
  const seeds = nodes.map(({ tlsPort }) => `127.0.0.1:${tlsPort}`).join(',');
  await mustWork({ REDIS_URL: `rediss+cluster://danmux:${written}@${seeds}?tls_ca=${pem.ca}` }, nodes);
});

async function meet(nodes: readonly (RedisServer & { tlsPort: number })[]): Promise<void> {
  const addresses = nodes.map(({ tlsPort }) => `127.0.0.1:${tlsPort}`);
  const tls = ['--tls', '--cacert', pem.ca];
  await run('redis-cli', [...tls, '--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes'], { timeout: 60_000 });
  for (const { port } of nodes) await eventually(async () => assert.match(await redisCli(port, 'cluster', 'info'), /cluster_state:ok/), { timeoutMs: 20_000 });
}
