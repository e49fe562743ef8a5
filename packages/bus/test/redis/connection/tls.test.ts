// Redis with TLS: only servers with a certificate of the CA in `redis.tls_ca` are accepted.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, testRuntime } from '@danmux/testkit/unit';
import { RedisConnection } from '../../../src/redis/connection/connection.ts';

let dir: string;
let port: number;
let end: () => void = () => {};
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'danmux-tls-'));
  for (const name of ['server', 'other']) {
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', join(dir, `${name}.key`)];
    execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', join(dir, `${name}.pem`)], { stdio: 'ignore' });
  }
  port = await new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as { port: number };
      probe.close(() => resolve(free));
    });
  });
  const tls = ['--tls-port', String(port), '--tls-cert-file', join(dir, 'server.pem'), '--tls-key-file', join(dir, 'server.key'), '--tls-auth-clients', 'no'];
  const child = spawn('redis-server', ['--port', '0', '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...tls], { stdio: 'ignore' });
  const kill = () => void child.kill('SIGKILL');
  process.on('exit', kill);
  end = kill;
});
after(() => {
  end();
  rmSync(dir, { recursive: true, force: true });
});

function open(ca: string, more: Readonly<Record<string, string>> = {}): RedisConnection {
  const set = { 'redis.url': `rediss://127.0.0.1:${port}`, 'redis.tls_ca': ca, ...more };
  return new RedisConnection(testRuntime({ after }, set, { role: 'api' }), 'commands');
}

test('a server with a certificate of the configured CA is accepted, one of another CA is not', async () => {
  const good = open(join(dir, 'server.pem'));
  const bad = open(join(dir, 'other.pem'));
  const errors: string[] = [];
  bad.client.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? error.message));
  try {
    good.start();
    await eventually(async () => assert.equal(await good.client.ping(), 'PONG'));
    bad.start();
    await eventually(() => assert.ok(errors.includes('DEPTH_ZERO_SELF_SIGNED_CERT'), errors.join()));
    assert.equal(bad.up, false);
  } finally {
    good.stop();
    bad.stop();
  }
});

test('the error of a missing CA file names the file', () => {
  assert.throws(() => open(join(dir, 'none.pem')), /redis\.tls_ca: ENOENT/);
});

test('a file that is no PEM file, and a client certificate without its key', () => {
  const text = join(dir, 'notes.txt');
  writeFileSync(text, 'not a certificate');
  assert.throws(() => open(text), /redis\.tls_ca: .*notes\.txt is not a PEM file/);
  const good = join(dir, 'server.pem');
  assert.throws(() => open(good, { 'redis.tls_cert': good }), /redis\.tls_key is missing/);
  assert.throws(() => open(good, { 'redis.tls_key': good }), /redis\.tls_cert is missing/);
  assert.throws(() => open(good, { 'redis.tls_cert': good, 'redis.tls_key': join(dir, 'none.key') }), /redis\.tls_key: ENOENT/);
});
