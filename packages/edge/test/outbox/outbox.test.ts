// Tests of Outbox: it is empty while the viewer keeps up; for a slow viewer it keeps urgent frames, sheds others and reports the gap.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame, Gap, Lane } from '@danmux/protocol';
import { eventPacket } from '../../src/frame/event-packet.ts';
import type { DeliveryLedger } from '../../src/outbox/delivery-ledger.ts';
import { EncodedFrame, encodeEvent } from '../../src/outbox/encoded-frame.ts';
import type { Flusher } from '../../src/outbox/flusher.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import type { Wire } from '../../src/outbox/wire.ts';

/** Takes what it is given while `ready`. */
class FakeWire implements Wire {
  ready = true;
  waiting = 0;
  limitsPackets = false;
  readonly written: string[] = [];
  write({ packets }: EncodedFrame): void {
    assert.equal(this.ready, true, 'nothing is written that must wait');
    this.written.push(...packets);
  }
  close(): void {}
}

function open(cap = 1_000) {
  const wire = new FakeWire();
  const books = { delivered: 0, shed: 0, undeliverable: 0 };
  const count = ({ counts }: Pick<EncodedFrame, 'counts'>) => Object.values(counts ?? {}).reduce((sum, one) => sum + one, 0);
  const add = (what: keyof typeof books, encoded: EncodedFrame) => {
    books[what] += count(encoded);
  };
  const ledger = {
    delivered: (encoded: EncodedFrame) => add('delivered', encoded),
    shed: (encoded: EncodedFrame) => add('shed', encoded),
    undeliverable: (encoded: EncodedFrame) => add('undeliverable', encoded),
  } as unknown as DeliveryLedger;
  const waiting = new Set<Outbox>();
  const flusher = { add: (one: Outbox) => waiting.add(one), remove: (one: Outbox) => waiting.delete(one), backlogTime: true };
  const ended = { times: 0 };
  const outbox = new Outbox(wire, { ledger, flusher: flusher as unknown as Flusher, cap, frameBytes: 262_144 }, { overflow: () => ended.times++ });
  return { wire, books, waiting, ended, outbox };
}

const packet = (name: string) => eventPacket('frame', JSON.stringify(name));
function message(lane: Lane, name: string, size = 0): EncodedFrame {
  return new EncodedFrame([packet(name + 'x'.repeat(size))], { room: 'r', counts: { [lane]: 1 }, urgent: lane === 'gift' || lane === 'control' });
}
const gapsOf = (written: readonly string[]): Gap[] =>
  written.filter((text) => text.startsWith('2["gap"')).map((text) => (JSON.parse(text.slice(1)) as [string, Gap])[1]);

test('a viewer that keeps up has nothing queued', () => {
  const { wire, outbox, waiting } = open();
  assert.equal(outbox.write(message('chat', 'a')), true);
  assert.deepEqual([wire.written, outbox.bytes, waiting.size], [[packet('a')], 0, 0]);
});

test('queued frames are sent later, urgent ones first, each lane in its order', () => {
  const { wire, outbox, waiting, books } = open();
  wire.ready = false;
  for (const [lane, name] of [
    ['chat', 'c1'],
    ['gift', 'g1'],
    ['chat', 'c2'],
    ['gift', 'g2'],
  ] as const)
    assert.equal(outbox.write(message(lane, name)), false);
  assert.deepEqual([waiting.size, outbox.flush()], [1, false]);
  wire.ready = true;
  assert.equal(outbox.flush(), true);
  assert.deepEqual(wire.written, ['g1', 'g2', 'c1', 'c2'].map(packet));
  assert.deepEqual([outbox.bytes, books.delivered], [0, 4]);
});

test('no frame overtakes queued ones, although the wire is free again', () => {
  const { wire, outbox } = open();
  wire.ready = false;
  outbox.write(message('chat', 'first'));
  wire.ready = true;
  assert.equal(outbox.write(message('chat', 'second')), false);
  outbox.flush();
  assert.deepEqual(wire.written, ['first', 'second'].map(packet));
});

test('late chat is shed, oldest first, and its number is sent in a gap before the next frame', () => {
  const { wire, outbox, books, ended } = open(1_000);
  wire.ready = false;
  for (let i = 0; i < 20; i++) outbox.write(message('chat', `c${i}`, 50));
  assert.ok(outbox.bytes <= 250, `${outbox.bytes} bytes: chat may take a quarter`);
  wire.ready = true;
  outbox.flush();
  const kept = wire.written.length - 1;
  assert.deepEqual(gapsOf(wire.written.slice(0, 1)), [{ room: 'r', lane: 'chat', count: 20 - kept, reason: 'slow' }]);
  assert.deepEqual([wire.written.at(-1), ended.times], [packet(`c19${'x'.repeat(50)}`), 0]);
  assert.deepEqual(books, { delivered: kept, shed: 20 - kept, undeliverable: 0 });
});

test('the gaps of a shed frame are sent all the same', () => {
  const { wire, outbox } = open(400);
  wire.ready = false;
  const gap = { room: 'r', lane: 'chat', count: 5, reason: 'budget' } as const;
  for (let i = 0; i < 4; i++) outbox.write(new EncodedFrame([packet('x'.repeat(60)), 'gap'], { room: 'r', counts: { chat: 1 }, gaps: [gap], urgent: false }));
  wire.ready = true;
  outbox.flush();
  assert.deepEqual(gapsOf(wire.written), [
    { room: 'r', lane: 'chat', count: 3, reason: 'slow' },
    { ...gap, count: 15 },
  ]);
});

test('gifts push chat out, are kept to the cap, and past it the viewer is slow, once', () => {
  const { wire, outbox, books, ended, waiting } = open(1_000);
  wire.ready = false;
  outbox.write(message('chat', 'c', 100));
  for (let i = 0; i < 8; i++) outbox.write(message('gift', `g${i}`, 100));
  assert.deepEqual([books.shed, ended.times], [1, 0]);
  for (let i = 0; i < 5; i++) outbox.write(message('gift', `h${i}`, 100));
  assert.deepEqual([ended.times, outbox.bytes, waiting.size], [1, 0, 0]);
  assert.deepEqual(books, { delivered: 0, shed: 1, undeliverable: 13 });
});

test('one message larger than the cap waits for a viewer that has nothing else', () => {
  const { wire, outbox, ended } = open(100);
  wire.ready = false;
  outbox.write(message('gift', 'huge', 500));
  assert.deepEqual([ended.times, outbox.bytes > 500], [0, true]);
  wire.ready = true;
  outbox.flush();
  assert.equal(wire.written.length, 1);
});

test('frames queued when the connection ends are undeliverable, and so are later ones', () => {
  const { wire, outbox, books, waiting } = open();
  wire.ready = false;
  outbox.write(message('gift', 'g'));
  outbox.write(message('chat', 'c'));
  outbox.close();
  outbox.write(message('gift', 'late'));
  assert.deepEqual([books, waiting.size], [{ delivered: 0, shed: 0, undeliverable: 3 }, 0]);
});

test('a wire that fills again in the middle keeps the rest', () => {
  const { wire, outbox } = open();
  wire.ready = false;
  for (const name of ['a', 'b', 'c']) outbox.write(message('gift', name));
  const take = wire.write.bind(wire);
  wire.write = (encoded) => {
    take(encoded);
    wire.ready = false;
  };
  for (const expected of [1, 2, 3]) {
    wire.ready = true;
    assert.equal(outbox.flush(), false);
    assert.equal(wire.written.length, expected);
  }
  wire.ready = true;
  assert.equal(outbox.flush(), true);
});

test('a recalled message in the queue is written as a tombstone, and its size is counted anew', () => {
  const { wire, outbox, books } = open(10_000);
  wire.ready = false;
  const msgs = (...ids: string[]) => ids.map((id) => ({ id, lane: 'chat' as const, type: 'chat', data: 'x'.repeat(100), ts: 1 }));
  outbox.write(encodeEvent('frame', { room: 'r', msgs: msgs('bad', 'good') }, { room: 'r', counts: { chat: 2 }, urgent: false }));
  outbox.write(encodeEvent('frame', { room: 'other', msgs: msgs('bad') }, { room: 'other', counts: { chat: 1 }, urgent: false }));
  const before = outbox.bytes;
  outbox.recall('r', new Set(['bad']));
  assert.ok(outbox.bytes < before - 90, `${outbox.bytes} of ${before}`);
  wire.ready = true;
  outbox.flush();
  assert.equal(outbox.bytes, 0);
  const shown = wire.written.map((text) => (JSON.parse(text.slice(1)) as [string, Frame])[1].msgs.map(({ id, type }) => `${id} ${type}`).join());
  assert.deepEqual(shown, ['bad recalled,good chat', 'bad chat']);
  assert.equal(books.delivered, 3);
});

test('where packets are counted, frames of a room and lane that wait go as one, each is settled, and nothing of a room is overtaken', () => {
  const { wire, outbox, books } = open(10_000);
  const frame = (room: string, lane: Lane, id: string) =>
    new EncodedFrame([eventPacket('frame', `{"room":"${room}","msgs":[{"id":"${id}"}]}`)], { room, counts: { [lane]: 1 }, urgent: lane !== 'chat' });
  wire.ready = false;
  wire.limitsPackets = true;
  for (const round of [1, 2]) for (const room of ['a', 'b']) for (const lane of ['gift', 'chat'] as const) outbox.write(frame(room, lane, `${lane}${round}`));
  outbox.write(frame('a', 'control', 'control'));
  outbox.write(frame('a', 'gift', 'gift3'));
  outbox.write(frame('b', 'gift', 'gift3'));
  wire.ready = true;
  assert.equal(outbox.flush(), true);
  const shown = wire.written.map((text) => {
    const { room, msgs } = (JSON.parse(text.slice(1)) as [string, Frame])[1];
    return `${room}: ${msgs.map(({ id }) => id).join(' ')}`;
  });
  assert.deepEqual(shown, ['a: gift1 gift2', 'b: gift1 gift2 gift3', 'a: control', 'a: gift3', 'a: chat1 chat2', 'b: chat1 chat2']);
  assert.deepEqual([outbox.bytes, books.delivered], [0, 11]);
});
