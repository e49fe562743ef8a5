// Stock clients of JavaScript and Python over both transports, with compression on and off: every gift in frames of at most 32 KiB, their
// own compressed messages understood, and each back soon after a graceful restart of the edge. `npm run matrix` adds Java, Go and Rust.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPython } from '@danmux/testkit';
import { scriptClients } from '../matrix/clients.ts';
import { isGood, tableOf } from '../matrix/matrix-table.ts';
import { runMatrix } from '../matrix/run-matrix.ts';

test('stock clients of JavaScript and Python get every message and come back after a graceful restart', async () => {
  const rows = await runMatrix(scriptClients(await findPython()), 30_000);
  const bad = rows.filter((row) => !isGood(row)).map(({ log }) => log);
  assert.deepEqual(bad, [], tableOf(rows).join('\n'));
  const answered = Object.fromEntries(rows.filter(({ offered }) => offered !== '-').map((row) => [row.client, row.answered]));
  assert.deepEqual(answered, { 'socket.io-client, websocket': 'permessage-deflate', 'aiohttp, websocket': 'permessage-deflate' });
  assert.equal(rows.length, 9);
});
