// Each mistake on the command line ends the command with status 1 and one line on stderr: no stack trace, no half-started process.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand, secrets } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'danmux-cli-'));
const servers: { close(): unknown }[] = [];
after(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

const danmux = (args: readonly string[], env?: Readonly<Record<string, string>>) => runCommand(folder, args, { ...secrets, ...env });

async function says(line: RegExp, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { code, out, err } = await danmux(args, env);
  assert.deepEqual([code, out], [1, ''], err);
  assert.match(err, line);
  assert.equal(err.trimEnd().split('\n').length, 1, err);
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a malformed redis.url is an error that does not print its password', async () => {
  const env = { REDIS_URL: 'reddis://user:hunter2@127.0.0.1' };
  await says(/^danmux: redis\.url must be redis:\/\//, ['start'], env);
  await says(/^danmux: redis\.url must be redis:\/\//, ['config', 'check'], env);
  assert.doesNotMatch((await danmux(['start'], env)).err, /hunter2/);
});

test('data that begins like JSON and is none is refused before it is sent', async () => {
  for (const data of ['{"gift":', ' [1,', '"rocket'])
    await says(/^danmux: push: the data begins like JSON and is not valid JSON/, ['push', 'live:1', 'gift', data]);
});

test('a refusal of the api is its code and detail, not its JSON', async () => {
  const url = await listening(
    createServer((_, response) => {
      response.writeHead(503, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ type: 'urn:x', title: 'x', status: 503, code: 'unavailable', detail: 'The message store cannot be reached.' }));
    }),
  );
  for (const args of [['nodes'], ['push', 'live:1', 'chat', 'hello']])
    await says(/^danmux: the api refused with 503: unavailable: The message store cannot be reached\.$/m, [...args, '--url', url]);
});

test('config check names all faults at once, of environment and command line', async () => {
  const { code, err } = await danmux(['--set', 'nothing.such=1', '--set', 'relay.port=x', 'config', 'check'], {
    DANMUX_EDGE_PORT: 'none',
    NODE_ENV: 'production',
    DANMUX_API_KEY: 'short',
  });
  assert.equal(code, 1);
  for (const fault of [/DANMUX_EDGE_PORT: edge\.port/, /unknown setting "nothing/, /relay\.port/, /api\.key has 5 characters/]) assert.match(err, fault);
});

test('a missing --config folder is an error instead of a start on defaults', async () => {
  await says(/^danmux: --config: there is no folder no-such-folder/, ['--config', 'no-such-folder', 'config', 'check']);
});

test('an unknown role, and a single role without Redis', async () => {
  await says(/^danmux: --role: there is no role "gateway"/, ['start', '--role', 'edge,gateway']);
  await says(/^danmux: the memory engine works within one process: .*REDIS_URL/, ['start', '--role', 'edge']);
});

test('--set without a value, without a name, of the wrong type, or of an unknown setting', async () => {
  await says(/^danmux: --set takes path=value.*got "edge\.port"/, ['config', 'check', '--set', 'edge.port']);
  await says(/^danmux: --set takes path=value/, ['config', 'check', '--set', '=7701']);
  await says(/^danmux: the command line: edge\.port must be integer; got "seven"/, ['config', 'check', '--set', 'edge.port=seven']);
  await says(/^danmux: the command line: unknown setting "edge\.prot"/, ['config', 'check', '--set', 'edge.prot=1']);
});

test('a token without a user, or with a lifetime of zero', async () => {
  await says(/^danmux: the user id must have 1 to 128 characters/, ['token', '']);
  await says(/ttl.*1 or more/, ['token', 'ann', '--ttl', '0']);
});

test('an api whose answer breaks off, and a malformed address', async () => {
  const broken = await listening(
    createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"id":');
      setImmediate(() => response.destroy());
    }),
  );
  await says(/^danmux: the api does not answer at http:\/\/127/, ['push', 'r', 'gift', '1', '--url', broken]);
  await says(/^danmux: the api does not answer at nonsense/, ['push', 'r', 'gift', '1', '--url', 'nonsense']);
});

test('an unknown or missing command, option or argument', async () => {
  await says(/unknown command 'fly'/, ['fly']);
  await says(/unknown option '--fast'/, ['start', '--fast']);
  await says(/missing required argument 'data'/, ['push', 'live:1', 'gift']);
});

test('a port in use ends the start with 1 and is named', async () => {
  const taken = createTcpServer().listen(0, '127.0.0.1');
  servers.push(taken);
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { code, out } = await danmux(['start', '--set', `edge.port=${port}`, '--set', 'api.port=0']);
  assert.equal(code, 1);
  assert.match(out, /could not start/);
  assert.match(out, new RegExp(`EADDRINUSE.*${port}`));
});
