// The guard refuses what costs least to refuse first, asks the filter only about what is otherwise allowed, and takes no turn for what
// is refused. Modes and mutes are tried through an edge in moderation.test.ts.

import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { DanmuxError, type RoomModes, type Sanction, type SendRequest } from '@danmux/protocol';
import { claimsWith, testRuntime } from '@danmux/testkit/unit';
import type { FilteredMessage, Verdict } from '../../src/moderation/filter/filter.ts';
import { SendGuard } from '../../src/moderation/send-guard.ts';
import { guestViewer, viewerOf } from '../../src/viewer/viewer.ts';

const runtime = testRuntime({ after }, { 'edge.send_burst': 3 });
const ann = viewerOf({ sub: 'ann', exp: 1 });

let modes: RoomModes;
let mute: Sanction | undefined;
let filtered: FilteredMessage[];
let claimed: string[];
let verdict: (message: FilteredMessage) => Verdict;
let guard: SendGuard;
beforeEach(() => {
  modes = {};
  mute = undefined;
  filtered = [];
  claimed = [];
  verdict = ({ data }) => ({ action: 'pass', data });
  const once = async (key: string) => {
    claimed.push(key);
    return 0;
  };
  guard = new SendGuard(runtime, claimsWith({ once }), {
    rules: { modes: () => modes, sanction: () => mute },
    filter: {
      judge: async (message) => {
        filtered.push(message);
        return verdict(message);
      },
    },
  });
});

let cid = 0;
const request = (more: Partial<SendRequest> = {}): SendRequest => ({ room: 'r', type: 'chat', data: { text: 'hi' }, cid: `c${cid++}`, ...more });
const codeOf = (sent: Promise<unknown>) =>
  sent.then(
    () => 'ok',
    (error: unknown) => (error instanceof DanmuxError ? error.code : String(error)),
  );

test('rate, then size and type, then rules, then the filter', async () => {
  mute = { by: 'key', at: 1 };
  const large = { text: 'x'.repeat(6_000) };
  assert.equal(await codeOf(guard.judge({ viewer: guestViewer() }, request())), 'read_only');
  assert.equal(await codeOf(guard.judge({ viewer: viewerOf({ sub: 'obs', exp: 1, send: false }) }, request())), 'read_only');
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request({ data: large }))), 'too_large');
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request({ type: 'gift' }))), 'type_forbidden');
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request())), 'muted');
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request({ data: large }))), 'rate_limited');
  assert.deepEqual(filtered, []);
});

test('what the filter refuses or the room forbids meanwhile takes no turn', async () => {
  modes = { slow_ms: 1_000, unique: true };
  verdict = () => {
    throw new DanmuxError('content_blocked');
  };
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request())), 'content_blocked');
  verdict = ({ data }) => {
    mute = { by: 'key', at: 1 };
    return { action: 'pass', data };
  };
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request())), 'muted');
  assert.deepEqual(claimed, []);
  mute = undefined;
  verdict = ({ data }) => ({ action: 'pass', data });
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request())), 'ok');
  assert.equal(claimed.length, 2);
});

test('what the filter changed is published under the same id, within the same size', async () => {
  verdict = () => ({ action: 'pass', data: { text: '**' } });
  const { publication, verdict: judged } = await guard.judge({ viewer: ann }, request());
  const { id, data, from } = JSON.parse(publication.body) as { id: string; data: unknown; from: unknown };
  assert.deepEqual([data, from, judged.action], [{ text: '**' }, { id: 'ann' }, 'pass']);
  assert.equal(id, filtered[0]?.id);
  assert.equal(publication.id, id);
  verdict = () => ({ action: 'pass', data: { text: 'x'.repeat(6_000) } });
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request())), 'too_large');
});

test('two users or two rooms never share a turn, whatever their names', async () => {
  modes = { slow_ms: 1_000 };
  await guard.judge({ viewer: viewerOf({ sub: 'b:c', exp: 1 }) }, request({ room: 'a' }));
  await guard.judge({ viewer: viewerOf({ sub: 'c', exp: 1 }) }, request({ room: 'a:b' }));
  assert.equal(new Set(claimed).size, 2, claimed.join());
});

test("a viewer's count is capped and made a number before others see it; a count that is not summed is left alone", async () => {
  const dataOf = async (type: string, data: unknown) =>
    (JSON.parse((await guard.judge({ viewer: ann }, request({ type, data }))).publication.body) as { data: unknown }).data;
  assert.deepEqual(await dataOf('like', { count: 1e9, icon: '♥' }), { count: 100, icon: '♥' });
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request({ type: 'like', data: { count: 1 } }))), 'rate_limited');
  assert.deepEqual(await dataOf('chat', { count: 1e9 }), { count: 1e9 });
  const bob = viewerOf({ sub: 'bob', exp: 1 });
  const shown: unknown[] = [];
  for (const count of ['10', -5, 1.5, 0, null]) {
    const { publication } = await guard.judge({ viewer: bob }, request({ type: 'like', data: { count } }));
    shown.push((JSON.parse(publication.body) as { data: { count: unknown } }).data.count);
  }
  assert.deepEqual(shown, [10, 1, 1, 1, 1]);
});

test('likes do not use up what chat may send', async () => {
  for (let i = 0; i < 20; i++) assert.equal(await codeOf(guard.judge({ viewer: ann }, request({ type: 'like', data: {} }))), 'ok');
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request({ type: 'like', data: {} }))), 'rate_limited');
  for (let i = 0; i < 3; i++) assert.equal(await codeOf(guard.judge({ viewer: ann }, request())), 'ok');
  assert.equal(await codeOf(guard.judge({ viewer: ann }, request())), 'rate_limited');
});
