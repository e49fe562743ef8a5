// The scripts: the head of each Lua file lists the names of its declaration, and the calls keep the order that processes of earlier
// versions use.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { laneNames } from '@danmux/protocol';
import { testConfig } from '@danmux/testkit/unit';
import type { Publication } from '../../../src/contract/ingress.ts';
import { createKeys } from '../../../src/redis/keys.ts';
import { byRows, callOf, countedRows, defineScript, headOf, onlyWith, perLane, rows } from '../../../src/redis/script/define-script.ts';
import { ingressPublish } from '../../../src/redis/script/ingress-publish.ts';
import { presenceReport } from '../../../src/redis/script/presence.ts';
import { recordsSet } from '../../../src/redis/script/records.ts';
import { luaOf, scripts } from '../../../src/redis/script/scripts.ts';
import { streamsHeads, streamsRecall } from '../../../src/redis/script/streams.ts';
import { streamsCommit } from '../../../src/redis/script/streams-commit.ts';

const folder = new URL('../../../lua/', import.meta.url);
const files = readdirSync(folder).map((name) => name.replace(/\.lua$/, ''));

/** The lists behind `KEYS:` and `ARGV:` in the head of a Lua file, without the remarks in parentheses. */
function headsOf(lua: string): { keys: string; args: string } {
  const comment = /^(?:--.*\n)+/.exec(lua)?.[0] ?? '';
  const text = comment
    .replace(/^--\s*/gm, '')
    .replace(/\n/g, ' ')
    .replace(/\s*\([^()]*\)/g, '');
  const [, keys = '', args = ''] = /KEYS: (.*?)(?: ARGV: (.*?))? Returns /.exec(text) ?? [];
  return { keys, args };
}

test('every Lua file has one declaration, and every declaration a file', () => {
  assert.deepEqual(scripts.map(({ file }) => file).sort(), files.sort());
});

for (const { file, keys, args } of scripts) {
  test(`the head of ${file}.lua has the names of its declaration in the same order`, () => {
    const lua = readFileSync(new URL(`${file}.lua`, folder), 'utf8');
    assert.deepEqual(headsOf(lua), { keys: headOf(keys), args: headOf(args) });
  });
}

test('no Lua file names a lane; the table of lanes stands on the first line of the scripts that use it', () => {
  for (const file of files) {
    const lua = readFileSync(new URL(`${file}.lua`, folder), 'utf8').replace(/^(?:--.*\n)+/, '');
    for (const lane of laneNames) assert.ok(!new RegExp(`['"]${lane}['"]`).test(lua), `${file}.lua names the lane ${lane}`);
  }
  const names = 'local lane_names = { "control", "gift", "chat", "ambient" }';
  const guaranteed = 'local lane_guaranteed = { true, true, false, false }';
  assert.ok(luaOf('ingress-publish').startsWith(`${names} ${guaranteed} -- Stores`), 'ingress-publish has its two columns');
  assert.match(luaOf('streams-recall'), /^local stream_lane_names = \{ "control", "gift", "chat" \} local stream_lane_combos = \{ false, true, false \} --/);
  assert.equal(luaOf('time-read'), readFileSync(new URL('time-read.lua', folder), 'utf8'));
});

test('headOf numbers the places until their number depends on the call', () => {
  const script = defineScript<{ a: string; b: number; all: readonly string[]; part: { c: string } | undefined }>({
    file: 'x',
    keys: ['a', perLane('b', (_, lane) => lane), byRows('more')],
    args: ['b', rows('one', ({ all }) => all, { c: (text) => text, d: () => 0 }), countedRows('two', ({ all }) => all, { e: (text) => text })],
  });
  assert.equal(headOf(script.keys), '1 a, 2-5 b per lane, 6… more');
  assert.equal(headOf(script.args), '1 b, then per one: c, d, then n two: e');
  const optional = defineScript<{ a: string; part: { c: string } | undefined }>({
    file: 'x',
    keys: [],
    args: ['a', onlyWith('part', ({ part }) => part, { c: ({ c }) => c, d: { list: () => ['x', 'y'] } })],
  });
  assert.equal(headOf(optional.args), '1 a, only with a part: 2 c, 3… d');
  assert.deepEqual(callOf(optional, { a: 'A', part: undefined }).args, ['A']);
  assert.deepEqual(callOf(optional, { a: 'A', part: { c: 'C' } }).args, ['A', 'C', 'x', 'y']);
});

test('a script of names alone takes their values, and all values of a list', () => {
  const script = defineScript({ file: 'x', keys: ['k'], args: ['cap', 'texts…'] });
  assert.deepEqual(callOf(script, { texts: ['a', 'b'], cap: 3, k: 'key' }), { keys: ['key'], args: [3, 'a', 'b'] });
});

test('a list of more values than one call of a function may have is passed on whole', () => {
  const script = defineScript({ file: 'x', keys: [], args: ['texts…'] });
  const texts = Array.from({ length: 300_000 }, String);
  assert.equal(callOf(script, { texts }).args.length, texts.length);
});

const keys = createKeys('p', 1, 0);
const shard = keys.shard(0);
const config = testConfig();

test('ingress-publish keeps its KEYS and ARGV', () => {
  const gift: Publication = { room: 'a', lane: 'gift', id: 'g', body: 'B', trace: 'T', dedupeKey: 'k', digest: 'DIGEST', combo: 'c' };
  const chat: Publication = { room: 'a', lane: 'chat', id: 'm', body: 'C', trace: 'U', weight: { sender: 'ann', rank: 2, content: 7 } };
  const { digest: _, ...plain } = gift;
  const publications = [chat, gift, { ...plain, id: 'h', dedupeKey: 'l', marks: { receipt: true } as const }];
  const call = callOf(ingressPublish, { shard, publications, publishCommand: 'PUBLISH', config });
  const { ingress_gift, ingress_chat, ingress_ambient } = config.relay;
  const { dedupe_gift_ms, dedupe_chat_ms } = config.messages;
  assert.deepEqual(call.keys, [
    'p:{s0}:ledger',
    'p:{s0}:in:control',
    'p:{s0}:in:gift',
    'p:{s0}:in:chat',
    'p:{s0}:in:ambient',
    'p:{s0}:seen:a k',
    'p:{s0}:seen-digest:a k',
    'p:{s0}:seen:a l',
  ]);
  assert.deepEqual(call.args, [
    ...['PUBLISH', 'p:{s0}:bell', ingress_gift, ingress_gift, ingress_chat, ingress_ambient, 'refuse', 'refuse', 'shed', 'shed', 0],
    ...[3, 'a', 'm', 'C', 'U', 0, dedupe_chat_ms, '2 7 ann', '', '', 0],
    ...[2, 'a', 'g', 'B', 'T', 6, dedupe_gift_ms, 'c', '', 'DIGEST', 7],
    ...[2, 'a', 'h', 'B', 'T', 8, dedupe_gift_ms, 'c', '{"receipt":true}', '', 0],
  ]);
});

test('streams-commit keeps its KEYS and ARGV', () => {
  const commit = {
    room: 'a',
    lease: { name: 'shard:0', owner: 'o', token: 5 },
    expected: { epoch: 'e', offsets: { control: 1, gift: 2, chat: 3 } },
    messages: { gift: ['G1', 'G2'] },
    entries: { gift: ['1-0', '2-0'], ambient: ['3-0'] },
    frame: null,
    counts: { sequenced: { gift: 2 }, shed: { ambient: { budget: 1 } } },
    events: ['E'],
  };
  const call = callOf(streamsCommit, { shard, commit, publishCommand: 'SPUBLISH', config });
  assert.deepEqual(call.keys, [
    ...['p:{s0}:lease', 'p:{s0}:room:a:heads', 'p:{s0}:room:a:control', 'p:{s0}:room:a:gift', 'p:{s0}:room:a:chat'],
    ...['p:{s0}:in:control', 'p:{s0}:in:gift', 'p:{s0}:in:chat', 'p:{s0}:in:ambient', 'p:{s0}:ledger', 'p:{s0}:events'],
  ]);
  assert.deepEqual(call.args, [
    ...['o', 5, 'e', 1, 2, 3, 7_800_000, 'SPUBLISH', 'p:{s0}:frames:a', '', 'p:{s0}:events-bell', config.webhooks.log_events],
    ...[1_000, 7_200_000, 0, 5_000, 7_200_000, 2, 'G1', 'G2', 200, 7_200_000, 0],
    ...[0, 2, '1-0', '2-0', 0, 1, '3-0'],
    ...[2, 'sequenced:gift', 2, 'shed:ambient:budget', 1],
    ...[1, 'E'],
  ]);
});

test('streams-heads, streams-recall, presence-report and records-set keep their ARGV', () => {
  const about = { shard, room: 'a', newEpoch: 'n', keepsAcknowledged: true };
  const known = { epoch: 'e', offsets: { control: 1, gift: 2, chat: 3 } };
  assert.deepEqual(callOf(streamsHeads, { ...about, claim: undefined }).args, ['n', 7_800_000]);
  assert.deepEqual(callOf(streamsHeads, { ...about, claim: { known, ended: ['d'] } }).args, ['n', 7_800_000, 1, 'e', 1, 2, 3, 'd']);
  const recall = { shard, room: 'a', id: '"x', nowMs: 9, stream: 3, from: '+', limit: 250, first: true };
  assert.deepEqual(callOf(streamsRecall, recall).args, ['"x', '"\\"x"', 9, 7_200_000, 3, '+', 250, 1, 604_800_000]);
  const reported = [
    { room: 'a', count: 2, report: { users: 1, list: { version: 'v', text: 't' } } },
    { room: 'b', count: -1 },
  ];
  const report = callOf(presenceReport, { shard, edge: 'e', ttlMs: 5, headsTtlMs: 6, reported });
  assert.deepEqual(report.args, ['e', 5, 6, 'a', 2, 1, 'v', 't', 'b', -1, '', '', '']);
  assert.deepEqual(report.keys, [shard.totals, ...['a', 'b'].flatMap((room) => [shard.presence(room), shard.heads(room), shard.memberLists(room)])]);
  const slot = { record: 'r', names: 'n', ends: 'x', recordName: 'R', expectedVersion: '', nowMs: 1, publishCommand: 'PUBLISH', channel: 'c' } as const;
  const change = {
    change: 'C',
    emptyTtlMs: 2,
    fields: [
      ['a', { value: 'V', until: 7.9 }],
      ['b', { value: 'W' }],
      ['c', null],
    ] as const,
  };
  assert.deepEqual(callOf(recordsSet, { ...slot, ...change }).args, ['R', '', 1, 'PUBLISH', 'c', 'C', 2, 'a', 7, 'V', 'b', 0, 'W', 'c', -1, '']);
});
