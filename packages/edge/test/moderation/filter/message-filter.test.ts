// A filter of a real bus, of both engines: lists are written as the api writes them, and are in force on an edge that runs.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { type Bus, createBus } from '@danmux/bus';
import { encodeWordList, removedWordList, ruleRecords } from '@danmux/policy';
import type { WordList } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';
import { eventually, type RedisServer, startRedis } from '@danmux/testkit/unit';
import type { Filter } from '../../../src/moderation/filter/filter.ts';
import { createFilter } from '../../../src/moderation/filter/message-filter.ts';
import { HookServer, hookRuntime, messageOf, saying } from './hook-server.ts';

interface Started {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly filter: Filter & Part;
  put(name: string, list: WordList | null): Promise<void>;
}

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function start(set: Readonly<Record<string, unknown>> = {}): Promise<Started> {
  const runtime = hookRuntime('', set);
  const bus = createBus(runtime);
  await bus.start();
  opened.push(() => bus.stop());
  const filter = createFilter(runtime, bus);
  opened.push(() => filter.stop());
  await filter.start();
  return { runtime, bus, filter, put: (name, list) => put(bus, name, list) };
}

async function put(bus: Bus, name: string, list: WordList | null): Promise<void> {
  const { fields } = await bus.records.get(ruleRecords.words);
  const revision = String(Math.random());
  await bus.records.set(ruleRecords.words, list ? encodeWordList(name, list, revision, fields.keys()) : removedWordList(name, fields.keys()));
}

const actionOf = async (filter: Filter, data: unknown) => (await filter.judge(messageOf(data))).action;
const blocked = { code: 'content_blocked' };

let redis: RedisServer;
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());

for (const engine of ['memory', 'redis'] as const) {
  describe(`on ${engine}`, () => {
    const on = async () => {
      const started = await start(engine === 'redis' ? { 'redis.url': redis.url, 'redis.prefix': `t${Math.floor(Math.random() * 1e9)}` } : {});
      await eventually(() => started.filter.judge(messageOf('is it there?')));
      return started;
    };

    test('a list is in force soon after it is written, and no more after it is removed', async () => {
      const { filter, put } = await on();
      assert.deepEqual(await filter.judge(messageOf({ text: '坏人' })), { action: 'pass', data: { text: '坏人' } });
      await put('rude', { action: 'block', words: ['坏人'] });
      await eventually(() => assert.rejects(filter.judge(messageOf({ text: '坏 人' })), blocked));
      await put('rude', { action: 'mask', words: ['坏人'] });
      await eventually(async () => assert.deepEqual(await filter.judge(messageOf({ text: '坏人!' })), { action: 'pass', data: { text: '**!' } }));
      await put('rude', null);
      await eventually(async () => assert.deepEqual(await filter.judge(messageOf('坏人')), { action: 'pass', data: '坏人' }));
    });

    test('a list of 10,000 words is in force in every field, and counted', async () => {
      const { filter, put, runtime } = await on();
      const words = Array.from({ length: 10_000 }, (_, at) => `word${at}坏人一二三`);
      await put('many', { action: 'hold', words });
      await eventually(async () => assert.equal(await actionOf(filter, 'WORD9999 坏人一二三'), 'hold'));
      assert.deepEqual(
        (await runtime.metrics.words.get()).values.map(({ value }) => value),
        [10_000],
      );
    });

    test('lists that are there when it starts are in force at once', async () => {
      const { runtime, bus, put } = await on();
      await put('rude', { action: 'shadow', words: ['bad'] });
      const second = createFilter(runtime, bus);
      opened.push(() => second.stop());
      await second.start();
      assert.deepEqual(await second.judge(messageOf('so bad')), { action: 'shadow', data: 'so bad' });
    });
  });
}

test('a held message names its list, and exempt users are not filtered', async () => {
  const { filter, put, runtime } = await start();
  await put('asked', { action: 'hold', words: ['bad'] });
  await eventually(async () => assert.deepEqual(await filter.judge(messageOf('bad')), { action: 'hold', data: 'bad', reason: 'words:asked' }));
  assert.equal((await filter.judge(messageOf('bad', { roles: ['vip', 'moderator'] }))).action, 'pass');
  assert.equal((await filter.judge(messageOf('bad', { roles: ['vip'] }))).action, 'hold');
  const { values } = await runtime.metrics.screened.get();
  assert.deepEqual(
    values.map(({ labels }) => labels),
    [{ by: 'words', action: 'hold' }],
  );
});

test('a part of a list that is missing leaves the list as it was until it is there', async () => {
  const { bus, filter, put } = await start();
  await put('long', { action: 'block', words: ['old'] });
  await eventually(() => assert.rejects(filter.judge(messageOf('old')), blocked));
  const words = Array.from({ length: 8_000 }, (_, at) => `number ${at} of them`);
  const fields = encodeWordList('long', { action: 'block', words }, 'new', ['long']);
  assert.ok(fields.size > 1, 'it has parts');
  const [first, ...rest] = fields;
  await bus.records.set(ruleRecords.words, new Map(first ? [first] : []));
  await bus.records.set(ruleRecords.words, encodeWordList('other', { action: 'block', words: ['other'] }, 'x', []));
  await eventually(() => assert.rejects(filter.judge(messageOf('other')), blocked));
  await assert.rejects(filter.judge(messageOf('old')), blocked);
  await bus.records.set(ruleRecords.words, new Map(rest));
  await eventually(() => assert.rejects(filter.judge(messageOf('number 7999 of them')), blocked));
  assert.equal(await actionOf(filter, 'old'), 'pass');
});

test('before the lists were read no message passes; messages pass when Redis can be read', async () => {
  await redis.kill();
  const { filter, bus } = await start({ 'redis.url': redis.url, 'redis.prefix': 'away', 'redis.command_timeout_ms': 200 });
  await assert.rejects(filter.judge(messageOf('hi')), { code: 'unavailable', retryAfterMs: 500 });
  await redis.start();
  await eventually(async () => assert.equal(await actionOf(filter, 'hi'), 'pass'));
  await redis.kill();
  assert.equal(await actionOf(filter, 'hi'), 'pass', 'what was known stays in force');
  await redis.start();
  await eventually(async () => {
    await put(bus, 'rude', { action: 'block', words: ['bad'] });
    await assert.rejects(filter.judge(messageOf('bad')), blocked);
  });
});

describe('with a hook', () => {
  test('it is asked about what the words let pass, with what they hid, and about no other type', async () => {
    const hook = await HookServer.start();
    opened.push(() => hook.stop());
    const { filter, put } = await start({ 'moderation.hook.url': hook.url });
    await put('rude', { action: 'mask', words: ['bad'] });
    await put('never', { action: 'block', words: ['worse'] });
    await put('asked', { action: 'hold', words: ['odd'] });
    await eventually(async () => assert.equal(await actionOf(filter, 'odd'), 'hold'));
    hook.questions.splice(0);
    hook.answer = saying({ action: 'shadow' });
    assert.deepEqual(await filter.judge(messageOf('so bad')), { action: 'shadow', data: 'so ***' });
    await assert.rejects(filter.judge(messageOf('worse')), blocked);
    assert.equal(await actionOf(filter, 'odd'), 'hold');
    assert.equal((await filter.judge(messageOf({}, { type: 'like' }))).action, 'pass');
    assert.equal((await filter.judge(messageOf('bad', { roles: ['host'] }))).action, 'shadow', 'who is exempt of words is asked about too');
    assert.deepEqual(
      hook.questions.map(({ body }) => (JSON.parse(body) as { data: unknown }).data),
      ['so ***', 'bad'],
    );
  });
});
