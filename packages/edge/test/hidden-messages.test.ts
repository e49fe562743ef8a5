// Hidden messages: stored before they are answered, once for each request, and never past the cap. How they look is tried through an
// edge in moderation.test.ts.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { acceptPublication, type Bus, createBus, type Publication } from '@danmux/bus';
import { ruleRecords } from '@danmux/cluster';
import { createRuntime, loadConfig } from '@danmux/runtime';
import { HiddenMessages } from '../src/hidden-messages.ts';
import { viewerOf } from '../src/viewer.ts';

const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32), 'log.level': 'silent' };
const set = { ...secrets, 'moderation.review_cap': 3, 'moderation.review_ttl_ms': 1_000 };
const { config } = loadConfig({ environment: 'test', dir: 'none', env: {}, set });
const ann = viewerOf({ sub: 'ann', exp: 1 });
const hold = { action: 'hold', data: 'x', reason: 'words:doubt' } as const;

let now: number;
let bus: Bus;
let told: string[];
let hidden: HiddenMessages;
beforeEach(async () => {
  now = 1_000_000;
  told = [];
  const runtime = createRuntime({ config, role: 'test', version: '0', processMetrics: false, clock: { now: () => now } });
  bus = createBus(runtime);
  await bus.start();
  hidden = new HiddenMessages(runtime, bus, (room, user, message) => told.push(`${room} ${user} ${(JSON.parse(message) as { id: string }).id}`));
});
afterEach(async () => {
  await hidden.stop();
  await bus.stop();
});

const publication = (cid: string): Publication =>
  acceptPublication(
    { room: 'r', type: 'chat', data: 'x', id: `id-${cid}-${told.length}`, dedupeKey: `ann\n${cid}` },
    { types: config.messages.types, maxData: 100, now },
  );
const waiting = async () => [...(await bus.records.get(ruleRecords.reviews)).fields.keys()];

test('the same request is one message, in the shadow or held', async () => {
  const first = await hidden.take(ann, publication('a'), 'chat', hold);
  assert.deepEqual(await hidden.take(ann, publication('a'), 'chat', hold), first);
  assert.deepEqual([first, await waiting(), told], [{ id: 'id-a-0', held: true }, ['id-a-0'], ['r ann id-a-0']]);
  const dark = await hidden.take(ann, publication('b'), 'chat', { action: 'shadow', data: 'x' });
  assert.deepEqual([dark, await waiting()], [{ id: 'id-b-1' }, ['id-a-0']]);
});

test('past the cap it is refused, until a moderator decided or their time is over', async () => {
  for (const cid of ['a', 'b', 'c']) await hidden.take(ann, publication(cid), 'chat', hold);
  await assert.rejects(hidden.take(ann, publication('d'), 'chat', hold), { code: 'review_full' });
  await bus.records.set(ruleRecords.reviews, new Map([['id-a-0', null]]));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await hidden.take(ann, publication('d'), 'chat', hold)).held, true);
  await assert.rejects(hidden.take(ann, publication('e'), 'chat', hold), { code: 'review_full' });
  now += 1_001;
  assert.equal((await hidden.take(ann, publication('e'), 'chat', hold)).held, true);
});

test('what could not be stored is not said to be, and is tried again with the next request', async () => {
  const { records } = bus;
  const { set: store } = records;
  records.set = async () => {
    throw new Error('away');
  };
  await assert.rejects(hidden.take(ann, publication('a'), 'chat', hold), /away/);
  assert.deepEqual(told, []);
  records.set = store;
  assert.equal((await hidden.take(ann, publication('a'), 'chat', hold)).held, true);
});
