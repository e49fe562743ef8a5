// Hidden messages: stored before they are answered, once for each request, and never past the cap. How they look is tried through an
// edge in moderation.test.ts.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { acceptPublication, type Bus, createBus, type Publication } from '@danmux/bus';
import { ruleRecords } from '@danmux/policy';
import { testConfig, testRuntime } from '@danmux/testkit/unit';
import { HiddenMessages } from '../../src/moderation/hidden-messages.ts';
import { viewerOf } from '../../src/viewer/viewer.ts';

const set = { 'moderation.review_cap': 3, 'moderation.review_ttl_ms': 1_000 };
const config = testConfig(set);
const ann = viewerOf({ sub: 'ann', exp: 1 });
const hold = { action: 'hold', data: 'x', reason: 'words:doubt' } as const;

let now: number;
let bus: Bus;
let written: string[];
let hidden: HiddenMessages;
/** The HiddenMessages of another edge. */
let elsewhere: HiddenMessages;
beforeEach(async () => {
  now = 1_000_000;
  written = [];
  const runtime = testRuntime({ after }, set, { clock: { now: () => now } });
  bus = createBus(runtime);
  await bus.start();
  const hiddenOf = (edge: string) =>
    new HiddenMessages(runtime, bus, {
      toSender: (room, user, message) => void written.push(`${edge}${room} ${user} ${(JSON.parse(message) as { id: string }).id}`),
    });
  hidden = hiddenOf('');
  elsewhere = hiddenOf('elsewhere: ');
});
afterEach(async () => {
  await hidden.stop();
  await elsewhere.stop();
  await bus.stop();
});

const publication = (cid: string): Publication =>
  acceptPublication(
    { room: 'r', type: 'chat', data: 'x', id: `id-${cid}-${written.length}`, dedupeKey: `ann\n${cid}` },
    { types: config.messages.types, maxData: 100, now },
  );
/** What the memory engine tells by a later turn was written. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const waiting = async () => [...(await bus.records.get(ruleRecords.reviews)).fields.keys()];

test('the same request is one message, in the shadow or held', async () => {
  const first = await hidden.accept(ann, publication('a'), 'chat', hold);
  assert.deepEqual(await hidden.accept(ann, publication('a'), 'chat', hold), first);
  assert.deepEqual([first, await waiting(), written], [{ id: 'id-a-0', held: true }, ['id-a-0'], ['r ann id-a-0']]);
  const dark = await hidden.accept(ann, publication('b'), 'chat', { action: 'shadow', data: 'x' });
  assert.deepEqual([dark, await waiting()], [{ id: 'id-b-1' }, ['id-a-0']]);
});

test('the same request on another edge is the same message, which its sender is shown there; after its time it is a new one', async () => {
  const first = await hidden.accept(ann, publication('a'), 'chat', hold);
  assert.deepEqual(await elsewhere.accept(ann, publication('a'), 'chat', hold), first);
  assert.deepEqual([await waiting(), written], [['id-a-0'], ['r ann id-a-0', 'elsewhere: r ann id-a-0']]);
  now += config.messages.dedupe_chat_ms + 1;
  assert.deepEqual([(await elsewhere.accept(ann, publication('a'), 'chat', hold)).id, await waiting()], ['id-a-2', ['id-a-2']]);
  assert.deepEqual([(await hidden.accept(ann, publication('a'), 'chat', hold)).id, await waiting()], ['id-a-2', ['id-a-2']]);
});

test('the same request after a moderator decided is answered as before, and not held a second time', async () => {
  const first = await hidden.accept(ann, publication('a'), 'chat', hold);
  await bus.records.set(ruleRecords.reviews, new Map([[first.id, null]]));
  assert.deepEqual([await elsewhere.accept(ann, publication('a'), 'chat', hold), await waiting()], [first, []]);
});

test('the same request on two edges at once is one message: both say so, or the later one is to be made again', async () => {
  const [one, two] = await Promise.allSettled([hidden.accept(ann, publication('a'), 'chat', hold), elsewhere.accept(ann, publication('a'), 'chat', hold)]);
  assert.deepEqual([one.status, two.status === 'rejected' && two.reason.code], ['fulfilled', 'unavailable']);
  assert.deepEqual(await elsewhere.accept(ann, publication('a'), 'chat', hold), { id: 'id-a-0', held: true });
  assert.deepEqual(await waiting(), ['id-a-0']);
});

test('one whose answer was lost is made again under the same id', async () => {
  const { records } = bus;
  const { set: store } = records;
  records.set = async (...change) => {
    await store.apply(records, change);
    throw new Error('away');
  };
  await assert.rejects(hidden.accept(ann, publication('a'), 'chat', hold), /away/);
  records.set = store;
  written.push('so that its own id is another');
  assert.equal((await elsewhere.accept(ann, publication('a'), 'chat', hold)).id, 'id-a-0');
  assert.deepEqual(await waiting(), ['id-a-0']);
});

test('while Redis cannot be reached nothing is held for review, and the next request does not wait', async () => {
  const { begin } = bus.claims;
  for (const failing of [1, 2]) {
    let call = 0;
    bus.claims.begin = async (...claim) => {
      const state = await begin.apply(bus.claims, claim);
      if (++call === failing) throw new Error('away');
      return state;
    };
    await assert.rejects(hidden.accept(ann, publication('a'), 'chat', hold), /away/);
  }
  bus.claims.begin = begin;
  assert.deepEqual([await waiting(), written], [[], []]);
  assert.equal((await elsewhere.accept(ann, publication('a'), 'chat', hold)).held, true);
});

test('past the cap it is refused, until a moderator decided or their time is over', async () => {
  for (const cid of ['a', 'b', 'c']) await hidden.accept(ann, publication(cid), 'chat', hold);
  await assert.rejects(hidden.accept(ann, publication('d'), 'chat', hold), { code: 'review_full' });
  // The record is new: it is read again as a whole before its changes are followed one by one.
  await settled();
  await bus.records.set(ruleRecords.reviews, new Map([['id-a-0', null]]));
  await settled();
  assert.equal((await hidden.accept(ann, publication('d'), 'chat', hold)).held, true);
  await assert.rejects(hidden.accept(ann, publication('e'), 'chat', hold), { code: 'review_full' });
  now += 1_001;
  assert.equal((await hidden.accept(ann, publication('e'), 'chat', hold)).held, true);
});

test('one that was decided before this edge read of it takes up no place for ever', async () => {
  await hidden.accept(ann, publication('a'), 'chat', hold);
  // Stored and decided in one turn: the record is read without it.
  await Promise.all([hidden.accept(ann, publication('b'), 'chat', hold), bus.records.set(ruleRecords.reviews, new Map([['id-a-0', null]]))]);
  await settled();
  now += config.cluster.recheck_ms;
  for (const cid of ['c', 'd', 'e']) assert.equal((await hidden.accept(ann, publication(cid), 'chat', hold)).held, true, cid);
});

test('what could not be stored is not said to be, and is tried again with the next request', async () => {
  const { records } = bus;
  const { set: store } = records;
  records.set = async () => {
    throw new Error('away');
  };
  await assert.rejects(hidden.accept(ann, publication('a'), 'chat', hold), /away/);
  assert.deepEqual(written, []);
  records.set = store;
  assert.equal((await hidden.accept(ann, publication('a'), 'chat', hold)).held, true);
});
