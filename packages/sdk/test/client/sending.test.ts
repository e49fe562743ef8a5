// Sending: order, retries and deadlines with a simulated connection, and with real edges whose connections are cut in the middle of a burst.
import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, type TestContext, test } from 'node:test';
import { DanmuxError, type Frame, type Msg } from '@danmux/protocol';
import { room as edgeRoom } from '@danmux/testkit/edge-fixture';
import { eventually } from '@danmux/testkit/unit';
import type { Connection } from '../../src/client/connection.ts';
import { Sending } from '../../src/client/sending.ts';
import { createClient } from '../../src/index.ts';
import { closesAfter, openEdge } from './opened.ts';

/** A connection whose requests are answered by the test. */
class PlayedConnection {
  readonly asked: string[] = [];
  readonly #answers: ((error?: DanmuxError) => void)[] = [];
  request(_event: string, { cid }: { cid: string }): Promise<object> {
    this.asked.push(cid);
    return new Promise((resolve, reject) => this.#answers.push((error) => (error ? reject(error) : resolve({ id: `id of ${cid}` }))));
  }
  /** Answers the oldest unanswered request. */
  async answer(error?: DanmuxError): Promise<void> {
    this.#answers.shift()?.(error);
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const lost = () => new DanmuxError('unavailable');

function pipe(t: TestContext, deadlineMs = 20_000) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.mock.method(performance, 'now', () => Date.now());
  const room: { name: string; joined: boolean; refusal: DanmuxError | undefined } = { name: 'r', joined: true, refusal: undefined };
  const connection = new PlayedConnection();
  const ended: string[] = [];
  const sending = new Sending(room, connection as unknown as Connection, () => {}, deadlineMs);
  const send = (cid: string, type = 'chat') =>
    void sending.send(type, {}, cid).then(
      () => ended.push(cid),
      (error: DanmuxError) => ended.push(`${cid} ${error.code}`),
    );
  const become = async (joined: boolean, refusal?: DanmuxError) => {
    Object.assign(room, { joined, refusal });
    sending.wake();
    await settled();
  };
  const pass = async (ms: number) => {
    t.mock.timers.tick(ms);
    await settled();
  };
  return { connection, ended, send, become, pass };
}

test('a message is sent when the previous one is answered', async (t) => {
  const { connection, ended, send } = pipe(t);
  for (const cid of ['a', 'b', 'c']) send(cid);
  assert.deepEqual(connection.asked, ['a']);
  await connection.answer();
  assert.deepEqual([connection.asked, ended], [['a', 'b'], ['a']]);
  await connection.answer(new DanmuxError('content_blocked'));
  await connection.answer();
  assert.deepEqual(ended, ['a', 'b content_blocked', 'c']);
});

test('chat does not wait for likes; both keep their order', async (t) => {
  const { connection, ended, send } = pipe(t);
  for (const cid of ['l1', 'l2', 'l3']) send(cid, 'like');
  for (const cid of ['a', 'b']) send(cid);
  send('s', 'sticker');
  assert.deepEqual(connection.asked, ['l1', 'a']);
  for (let i = 0; i < 6; i++) await connection.answer();
  assert.deepEqual(connection.asked, ['l1', 'a', 'l2', 'b', 'l3', 's']);
  assert.deepEqual(ended, ['l1', 'a', 'l2', 'b', 'l3', 's']);
});

test('after a reconnect the unanswered message is sent first, then those queued meanwhile, in order', async (t) => {
  const { connection, ended, send, become, pass } = pipe(t);
  for (const cid of ['a', 'b']) send(cid);
  await become(false);
  await connection.answer(lost());
  for (const cid of ['c', 'd']) send(cid);
  await pass(6_000);
  assert.deepEqual(connection.asked, ['a'], 'no message is sent before the room is joined');
  await become(true);
  for (let i = 0; i < 4; i++) await connection.answer();
  assert.deepEqual(connection.asked, ['a', 'a', 'b', 'c', 'd']);
  assert.deepEqual(ended, ['a', 'b', 'c', 'd']);
});

test('a retryable error delays the messages behind it', async (t) => {
  const { connection, ended, send, pass } = pipe(t);
  for (const cid of ['a', 'b']) send(cid);
  await connection.answer(new DanmuxError('lane_full', { retryAfterMs: 1_000 }));
  await pass(1_099);
  assert.deepEqual(connection.asked, ['a']);
  await pass(201);
  await connection.answer(new DanmuxError('rate_limited', { retryAfterMs: 2_000 }));
  await pass(1_999);
  assert.deepEqual([connection.asked, ended], [['a', 'a'], []]);
  await pass(400);
  await connection.answer();
  await connection.answer();
  assert.deepEqual(
    [connection.asked, ended],
    [
      ['a', 'a', 'a', 'b'],
      ['a', 'b'],
    ],
  );
});

test('a rate limit is reported to the caller when no outage delayed the message', async (t) => {
  const { connection, ended, send } = pipe(t);
  for (const cid of ['a', 'b']) send(cid);
  await connection.answer(new DanmuxError('rate_limited', { retryAfterMs: 2_000 }));
  await connection.answer();
  assert.deepEqual(ended, ['a rate_limited', 'b']);
});

test('each message fails at its deadline, also behind an unanswered one', async (t) => {
  const { connection, ended, send, become, pass } = pipe(t, 1_000);
  send('a');
  await pass(600);
  for (const cid of ['b', 'c']) send(cid);
  await pass(600);
  assert.deepEqual(ended, [], 'a request in flight may still be answered');
  await become(false);
  await pass(400);
  assert.deepEqual(ended, ['b unavailable', 'c unavailable']);
  await connection.answer(lost());
  assert.deepEqual(ended.at(-1), 'a unavailable');
  await become(true);
  send('d');
  await connection.answer();
  assert.deepEqual([connection.asked, ended.at(-1)], [['a', 'd'], 'd']);
});

test('a refused viewer fails all queued messages; the queue is capped at 100', async (t) => {
  const { connection, ended, send, become } = pipe(t);
  await become(false);
  for (let i = 0; i <= 100; i++) send(`m${i}`);
  await settled();
  assert.deepEqual(ended, ['m100 rate_limited']);
  await become(false, new DanmuxError('banned'));
  assert.equal(ended.filter((end) => end.endsWith('banned')).length, 100);
  send('later');
  await settled();
  assert.deepEqual([ended.at(-1), connection.asked], ['later banned', []]);
});

/** A TCP proxy to an edge that cuts the connection three times, each after a number of bytes to the edge. */
class CuttableWay {
  readonly #sockets = new Set<Socket>();
  #server = createServer();
  #bytes = 0;
  cuts = 0;
  async open(target: string, cutAfterBytes: number): Promise<string> {
    const { hostname, port } = new URL(target);
    this.#server = createServer((near) => {
      const far = connect(Number(port), hostname);
      // Cut after the edge has received a message and before its answer arrives: the client cannot know whether it was stored.
      near.on('data', (data) => {
        this.#bytes += data.length;
        far.write(data);
        if (this.#bytes < cutAfterBytes || this.cuts === 3) return;
        this.cuts++;
        this.#bytes = 0;
        near.destroy();
        far.end();
      });
      far.on('data', (data) => !near.destroyed && near.write(data));
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          this.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

let way: CuttableWay | undefined;
afterEach(() => way?.close());

for (const transport of ['websocket', 'polling'] as const) {
  test(`a burst over ${transport} connections that are cut in the middle arrives in order, each message once`, async () => {
    const edge = await openEdge({ 'edge.send_burst': 1_000, 'edge.send_per_minute': 60_000 });
    const watcher = edge.connect({ token: await edge.token('bob') });
    const msgs: Msg[] = [];
    watcher.socket.on('frame', (frame: Frame) => msgs.push(...frame.msgs));
    await watcher.connected();
    await watcher.ask('join', { room: edgeRoom });
    way = new CuttableWay();
    const url = await way.open(edge.url, transport === 'websocket' ? 2_000 : 9_000);
    const client = createClient({ url, token: await edge.token('ann'), transports: [transport], own: false });
    closesAfter(client);
    const room = client.join(edgeRoom);
    const sent = Array.from({ length: 60 }, (_, n) => room.send('chat', { n }));
    await Promise.all(sent);
    assert.equal(way.cuts, 3, 'the connection was cut during the burst');
    const expected = Array.from({ length: 60 }, (_, n) => n);
    await eventually(() =>
      assert.deepEqual(
        msgs.map(({ data }) => (data as { n: number }).n),
        expected,
      ),
    );
  });
}
