// Receipts over two edges: ten of a hundred viewers have stopped reading, and the counts show it soon after the timeout.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Frame } from '@danmux/protocol';
import { backendOf, edgeUrls, eventually, ProcessCluster, TestViewer, testToken } from '../src/index.ts';

const timeoutMs = 2_000;
let cluster: ProcessCluster;
let viewers: TestViewer[] = [];
before(async () => {
  cluster = await ProcessCluster.start({ edges: 2, relays: 1, apis: 1, workers: 1, set: [`receipts.timeout_ms=${timeoutMs}`] });
});
after(async () => {
  for (const viewer of viewers) viewer.close();
  await cluster?.stop();
});

/** Stops reading from the socket, like a sleeping device. */
function freeze(viewer: TestViewer): void {
  const { engine } = viewer.socket.io as unknown as { engine: { transport: { ws: { _socket: { pause(): void } } } } };
  engine.transport.ws._socket.pause();
}

function answers(viewer: TestViewer, room: string): void {
  viewer.socket.on('frame', ({ msgs }: Frame) => {
    const ids = msgs.filter(({ receipt }) => receipt).map(({ id }) => id);
    // Sent twice, to check that a viewer counts once.
    for (let i = 0; i < 2 && ids.length > 0; i++) viewer.socket.emit('receipt', { room, ids }, () => {});
  });
}

test('90 viewers are counted as received and 10 as missing within five seconds of the timeout', { timeout: 60_000 }, async (t) => {
  const room = 'live:receipts';
  const token = await testToken('watcher');
  viewers = Array.from({ length: 100 }, (_, index) => new TestViewer({ urls: [edgeUrls(cluster)[index % 2] ?? ''], room, token, history: 0 }));
  await Promise.all(viewers.map((viewer) => viewer.joined()));
  for (const viewer of viewers) answers(viewer, room);
  for (const viewer of viewers.slice(0, 10)) freeze(viewer);
  const backend = backendOf(cluster);
  const sentAt = performance.now();
  const pushed = await backend.post(`/v1/rooms/${room}/messages`, { type: 'gift', data: { gift: 'rocket' }, id: 'rocket', receipt: true });
  assert.equal(pushed.status, 202, JSON.stringify(pushed.body));
  const counts = await eventually(
    async () => {
      const { body } = await backend.get('/v1/messages/rocket/receipts');
      const { state, sent, received, missing } = body as { state: string; sent: number; received: number; missing: number };
      assert.deepEqual({ state, sent, received, missing }, { state: 'final', sent: 100, received: 90, missing: 10 });
      return performance.now() - sentAt;
    },
    { timeoutMs: timeoutMs + 5_000, everyMs: 100 },
  );
  t.diagnostic(`final and true ${Math.round(counts)} ms after it was sent, with a time-out of ${timeoutMs} ms`);
});
