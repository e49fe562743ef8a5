// `danmux nodes`: the state of the config of each process, and the settings that differ.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { apiKey, startApi } from '@danmux/testkit/api-fixture';
import { announceMember, closeAfter, type Settings, testConfig } from '@danmux/testkit/unit';
import { runCommand, secrets } from './run-command.ts';

const danmux = (args: readonly string[]) => runCommand(tmpdir(), args, { ...secrets, DANMUX_API_KEY: apiKey });

test('prints the config state of each process and the names of settings that differ, never a value', async (t) => {
  const { bus, url } = await startApi(t);
  const announce = (id: string, set: Settings) => announceMember(bus, id, testConfig({ 'api.key': apiKey, shards: 4, ...set }));
  await announce('edge@a', {});
  await announce('edge@b', { 'viewer.token_secret': 'x'.repeat(32), 'edge.send_burst': 7 });
  await announce('relay@c', {});
  await announceMember(bus, 'worker@old');
  const { out, code } = await danmux(['nodes', '--url', url]);
  assert.equal(code, 0, out);
  const [table = '', below = ''] = out.split('\n\n');
  assert.deepEqual(
    table
      .split('\n')
      .slice(1)
      .map((line) => line.split(/ {2,}/).flatMap((cell, column) => ([0, 3].includes(column) ? [cell] : []))),
    [
      ['api', 'same'],
      ['edge', '2 differ'],
      ['edge', '2 differ'],
      ['relay', 'same'],
      ['worker', '?'],
    ].map(([role, state], row) => (row === 1 ? [role, '1 differ'] : [role, state])),
  );
  assert.match(below, /^Settings that differ .*\nedge\.send_burst +no majority among +edge@a, edge@b\nviewer\.token_secret +differs in +edge@b\n$/);
  assert.ok(!out.includes('xxxx'), out);
});

test('prints the list of an api of an older version, which does not compare configs', async (t) => {
  const node = { id: 'api@a', role: 'api', address: '', version: '0', load: 0, degraded: [] };
  const server = createServer((_request, response) => response.end(JSON.stringify({ nodes: [node] })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAfter(t, () => void server.close());
  const { out } = await danmux(['nodes', '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`]);
  assert.match(out, /^ROLE +ADDRESS +LOAD +CONFIG +VERSION +ID\napi +- +0 % +\? +0 +api@a\n$/);
});
