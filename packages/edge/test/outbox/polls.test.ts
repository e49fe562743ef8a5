// An answer to a long-polling viewer has a bounded number of packets, whatever they are; the rest comes with the next polls, in order, or
// over the WebSocket it changes to. With python-socketio, which drops larger answers; with the stock client; with polls made by hand.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, mock, test } from 'node:test';
import type { Frame, Msg } from '@danmux/protocol';
import { findPython } from '@danmux/testkit';
import { type EdgeFixture, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';
import WebSocket from 'ws';
import { boundPolls, pollPackets, releasePolls } from '../../src/outbox/polls.ts';

const rooms = Array.from({ length: 20 }, (_, number) => `live:${number}`);

const owner = ownerOf(afterEach);
const open = (set: Readonly<Record<string, unknown>> = {}): Promise<EdgeFixture> => startEdge(owner, set);

async function giveEach({ push }: EdgeFixture, round: number): Promise<void> {
  await Promise.all(rooms.map((room) => push('gift', `${room} ${round}`, room)));
}

/** Polls when the test says so, and answers nothing by itself. */
class HandMadePoller {
  readonly #url: string;
  /** Packets of each answer. */
  readonly answers: string[][] = [];
  sid = '';

  constructor(url: string) {
    this.#url = `${url}/socket.io/?EIO=4&transport=polling`;
  }

  get address(): string {
    return `${this.#url}&sid=${this.sid}`;
  }

  async connect(token: string): Promise<void> {
    const [opened = ''] = await this.#read(this.#url);
    this.sid = (JSON.parse(opened.slice(1)) as { sid: string }).sid;
    await this.send(`40${JSON.stringify({ token })}`);
    while (!this.packets.some((packet) => packet.startsWith('40{'))) await this.poll();
  }

  async send(...packets: readonly string[]): Promise<void> {
    const response = await fetch(this.address, { method: 'POST', body: packets.join('\x1e'), headers: { 'content-type': 'text/plain;charset=UTF-8' } });
    assert.equal(await response.text(), 'ok');
  }

  async poll(): Promise<void> {
    this.answers.push(await this.#read(this.address));
  }

  get packets(): string[] {
    return this.answers.flat();
  }

  async #read(url: string): Promise<string[]> {
    const response = await fetch(url);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return text.split('\x1e');
  }
}

const joinOf = (room: string, ack: number) => `42${ack}${JSON.stringify(['join', { room }])}`;
const acksOf = (packets: readonly string[]) => packets.flatMap((packet) => /^43(\d+)/.exec(packet)?.[1] ?? []).map(Number);
const giftsOf = (packets: readonly string[]) =>
  packets.filter((packet) => packet.startsWith('42["frame"')).flatMap((packet) => (JSON.parse(packet.slice(2)) as [string, Frame])[1].msgs.map(({ id }) => id));
const inRoom = (ids: readonly string[], room: string) => ids.filter((id) => id.startsWith(`${room} `));

async function joinedPoller(made: EdgeFixture): Promise<HandMadePoller> {
  const poller = new HandMadePoller(made.url);
  await poller.connect(await made.token('ann'));
  await poller.send(...rooms.map(joinOf));
  while (acksOf(poller.packets).length < rooms.length) await poller.poll();
  return poller;
}

function assertBounded({ answers }: HandMadePoller): void {
  assert.ok(Math.max(...answers.map(({ length }) => length)) <= pollPackets, `packets of the answers: ${answers.map(({ length }) => length)}`);
}

test('python-socketio by long-polling joins twenty rooms at once and gets every gift of every room', async () => {
  const made = await open({ 'edge.ping_interval_ms': 100 });
  const env = { ...process.env, URL: made.url, TOKEN: await made.token('ann'), ROOMS: String(rooms.length), GIFTS: String(rooms.length * 3) };
  const python = spawn(await findPython(), ['packages/edge/test/outbox/python/polling_viewer.py'], { env });
  const lines: string[] = [];
  const read = createInterface(python.stdout).on('line', (line) => lines.push(line));
  let errors = '';
  python.stderr.on('data', (text) => {
    errors += String(text);
  });
  const ended = once(python, 'exit');
  try {
    await eventually(() => assert.deepEqual(lines, [`joined ${rooms.length}`], errors));
    for (let round = 0; round < 3; round++) await giveEach(made, round);
    assert.deepEqual([(await ended)[0], lines.at(-1)], [0, `got ${rooms.length * 3} gifts, ${rooms.length * 3} different`], errors);
  } finally {
    read.close();
    python.kill();
  }
});

test('the stock client by long-polling gets every gift of every room, in order', async () => {
  const made = await open();
  const viewer = made.connect({ token: await made.token('ann'), transports: ['polling'] });
  await viewer.connected();
  await Promise.all(rooms.map((room) => viewer.ask('join', { room })));
  for (let round = 0; round < 5; round++) await giveEach(made, round);
  await eventually(() => assert.equal(viewer.msgs.length, rooms.length * 5));
  for (const room of rooms)
    assert.deepEqual(
      inRoom(viewer.ids(), room),
      [0, 1, 2, 3, 4].map((round) => `${room} ${round}`),
    );
});

test('acks, frames and pings share the bound; a poller that rests loses no gift and no answer', async () => {
  const made = await open({ 'edge.ping_interval_ms': 30 });
  const poller = await joinedPoller(made);
  assert.deepEqual(
    [...acksOf(poller.packets)].sort((a, b) => a - b),
    [...rooms.keys()],
  );
  await poller.send(...rooms.map((room, index) => `42${100 + index}${JSON.stringify(['members', { room }])}`));
  for (let round = 0; round < 10; round++) await giveEach(made, round);
  await eventually(async () => assert.equal((await made.bus.ledger.totals()).accepted.gift, rooms.length * 10));
  while (giftsOf(poller.packets).length < rooms.length * 10 || acksOf(poller.packets).length < rooms.length * 2 || !poller.packets.includes('2'))
    await poller.poll();
  assertBounded(poller);
  for (const room of rooms)
    assert.deepEqual(
      inRoom(giftsOf(poller.packets), room),
      Array.from({ length: 10 }, (_, round) => `${room} ${round}`),
    );
});

test('the messages of a join are followed by queued frames, within the bound', async () => {
  const made = await open();
  const poller = new HandMadePoller(made.url);
  await poller.connect(await made.token('ann'));
  await giveEach(made, 0);
  await poller.send(...rooms.map(joinOf));
  await giveEach(made, 1);
  const all = () => [...giftsOf(poller.packets), ...poller.packets.filter((packet) => packet.startsWith('43')).flatMap(replayed)];
  while (all().length < rooms.length * 2) await poller.poll();
  assertBounded(poller);
  assert.deepEqual(all().sort(), rooms.flatMap((room) => [`${room} 0`, `${room} 1`]).sort());
});

function replayed(packet: string): string[] {
  const [reply] = JSON.parse(packet.replace(/^43\d+/, '')) as [{ msgs: Msg[] }];
  return reply.msgs.map(({ id }) => id);
}

test('an upgrade to WebSocket brings everything that waits for a poll, once and in order', async () => {
  const made = await open();
  const poller = await joinedPoller(made);
  for (let round = 0; round < 5; round++) await giveEach(made, round);
  await poller.poll();
  const socket = new WebSocket(poller.address.replace('http', 'ws').replace('transport=polling', 'transport=websocket'));
  try {
    await once(socket, 'open');
    socket.send('2probe');
    const packets = [...poller.packets];
    socket.on('message', (data) => packets.push(String(data)));
    await eventually(() => assert.ok(packets.includes('3probe')));
    socket.send('5');
    for (let round = 5; round < 7; round++) await giveEach(made, round);
    await eventually(() => assert.equal(giftsOf(packets).length, rooms.length * 7));
    for (const room of rooms)
      assert.deepEqual(
        inRoom(giftsOf(packets), room),
        Array.from({ length: 7 }, (_, round) => `${room} ${round}`),
      );
  } finally {
    socket.terminate();
  }
  assertBounded(poller);
});

test('a connection sends its queued packets before it closes', () => {
  const sent: number[] = [];
  const transport = { name: 'polling', writable: true, send: (packets: unknown[]) => sent.push(packets.length) };
  const conn = Object.assign(new EventEmitter(), {
    ...{ readyState: 'closing', transport, writeBuffer: Array.from({ length: 40 }, () => ({ data: 'x' })), sentCallbackFn: [] as unknown[] },
    flush() {
      sent.push(conn.writeBuffer.splice(0).length);
      conn.emit('drain');
    },
  });
  boundPolls(conn, 32_768);
  let drained = 0;
  conn.on('drain', () => drained++);
  const seen = Array.from({ length: 3 }, () => {
    conn.flush();
    return drained;
  });
  assert.deepEqual(
    [sent, seen],
    [
      [16, 16, 8],
      [0, 0, 1],
    ],
  );
});

test('an answer is bounded in bytes too, and only one larger packet exceeds them', () => {
  const sent: number[][] = [];
  const send = (packets: unknown[]) => sent.push((packets as { data: string }[]).map(({ data }) => data.length));
  const conn = {
    ...{ readyState: 'open', transport: { name: 'polling', writable: true, send }, sentCallbackFn: [] as unknown[] },
    writeBuffer: [400, 400, 400, 2_000, 10, 10].map((length) => ({ data: 'x'.repeat(length) })),
    flush: () => send(conn.writeBuffer.splice(0)),
  };
  boundPolls(conn, 1_000);
  for (let polls = 0; polls < 4; polls++) conn.flush();
  assert.deepEqual(sent, [[400, 400], [400], [2_000], [10, 10]]);
});

test('a poll before the join is answered within two seconds, for clients that write only between polls', async () => {
  const made = await open();
  const poller = new HandMadePoller(made.url);
  await poller.connect(await made.token('ann'));
  const begun = performance.now();
  await poller.poll();
  assert.deepEqual(poller.answers.at(-1), ['6'], 'a noop');
  assert.ok(performance.now() - begun < made.runtime.config.edge.ping_interval_ms / 2, 'long before the ping');
  await poller.send(joinOf('live:1', 7));
  while (!acksOf(poller.packets).includes(7)) await poller.poll();
});

test('polls are released at growing intervals until the join, an upgrade, the end, or the time of a ping', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const opened = (name = 'polling') => {
    const sent: string[] = [];
    const conn = Object.assign(new EventEmitter(), { readyState: 'open', transport: { name }, sendPacket: (type: string) => sent.push(type) });
    return { conn, sent };
  };
  const [waits, joins, upgrades, ends] = [opened(), opened(), opened(), opened()];
  let joined = false;
  for (const { conn } of [waits, upgrades, ends]) releasePolls(conn, () => false, 5_000);
  releasePolls(joins.conn, () => joined, 5_000);
  mock.timers.tick(1_000);
  const counts = () => [waits, joins, upgrades, ends].map(({ sent }) => sent.length);
  assert.deepEqual(counts(), [1, 1, 1, 1]);
  joined = true;
  upgrades.conn.transport.name = 'websocket';
  ends.conn.emit('close');
  for (const after of [2_000, 4_000, 8_000, 60_000]) mock.timers.tick(after);
  assert.deepEqual(counts(), [3, 1, 1, 1]);
});
