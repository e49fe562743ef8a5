// Publishing with receipts: counts before the message, the job after it, and no cost where nobody asks.

import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { acceptPublication, type Bus, createBus, type Publication } from '@danmux/bus';
import { type JobData, type JobOptions, jobIdOf } from '@danmux/jobs';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { gated, testConfig, testRuntime } from '@danmux/testkit/unit';
import { Publisher, type PublishingParts, publishAll, publishDue } from '../src/publisher.ts';

const settings = { shards: 1, 'webhooks.url': 'https://hooks.example/', 'webhooks.secret': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
const config = testConfig(settings);
let now = 1_000_000;
let runtime: Runtime;
let bus: Bus;
let steps: string[];
let refuse: string | undefined;
let parts: PublishingParts;
let added: { data: unknown; options: JobOptions }[];
beforeEach(async () => {
  now = 1_000_000;
  runtime = testRuntime({ after }, settings, { clock: { now: () => now } });
  bus = createBus(runtime);
  await bus.start();
  steps = [];
  added = [];
  refuse = undefined;
  const step = (name: string) => {
    steps.push(name);
    if (name === refuse) throw new DanmuxError('unavailable');
  };
  const gate = gated(bus);
  gate.wrap('ingress.publish', async (next, publications) => {
    step(`publish ${publications.map(({ id }) => id).join()}`);
    return next(publications);
  });
  parts = {
    runtime,
    publisher: new Publisher(runtime, gate.open, 'api'),
    bus: {
      receipts: {
        open: async (id, room, at) => {
          step(`open ${id}`);
          await bus.receipts.open(id, room, at);
        },
        report: (counts) => bus.receipts.report(counts),
        find: (id) => bus.receipts.find(id),
      },
    },
    jobs: {
      add: async (_name, data: JobData[keyof JobData], options = {}) => {
        step(`add ${(data as { id: string }).id}`);
        added.push({ data, options });
        return options.id ?? '';
      },
    },
  };
});
afterEach(() => bus.stop());

function message(id: string, receipt = false): Publication {
  const { types } = config.messages;
  return acceptPublication({ room: 'a', type: 'gift', data: 1, id, ...(receipt ? { marks: { receipt } } : {}) }, { types, maxData: 100, now });
}
const codes = (results: readonly unknown[]) => results.map((result) => (result instanceof DanmuxError ? result.code : (result as { id: string }).id));

test('messages that ask for none are published and nothing else', async () => {
  assert.deepEqual(codes(await publishAll(parts, [message('1'), message('2')])), ['1', '2']);
  assert.deepEqual(steps, ['publish 1,2']);
});

test('counts begin and the job is stored before the message is; the others go with it, in order', async () => {
  assert.deepEqual(codes(await publishAll(parts, [message('1'), message('2', true), message('3')])), ['1', '2', '3']);
  assert.deepEqual(steps, ['open 2', 'add 2', 'publish 1,2,3']);
  assert.deepEqual(added, [{ data: { id: '2', room: 'a' }, options: { id: jobIdOf('receipts', 'a\n2'), delayMs: config.receipts.timeout_ms } }]);
  assert.equal((await bus.receipts.find('2'))?.at, now);
});

test('one whose counts could not be begun is not published; the others are', async () => {
  refuse = 'open 2';
  assert.deepEqual(codes(await publishAll(parts, [message('1'), message('2', true), message('3', true)])), ['1', 'unavailable', '3']);
  assert.deepEqual(
    (await bus.ingress.read(0, 'gift', undefined, 10)).map(({ id }) => id),
    ['1', '3'],
  );
});

test('one whose job could not be stored is refused and was not sent', async () => {
  refuse = 'add 1';
  assert.deepEqual(codes(await publishAll(parts, [message('1', true)])), ['unavailable']);
  assert.deepEqual(await bus.ingress.read(0, 'gift', undefined, 10), []);
  refuse = undefined;
  assert.deepEqual(codes(await publishAll(parts, [message('1', true)])), ['1']);
  assert.equal((await bus.ingress.read(0, 'gift', undefined, 10)).length, 1);
  assert.equal(added[0]?.options.id, jobIdOf('receipts', 'a\n1'));
});

test('without a webhook target for receipts no job is added', async () => {
  const quiet = { ...parts, runtime: { ...runtime, config: { ...config, webhooks: { ...config.webhooks, url: '' } } } };
  assert.deepEqual(codes(await publishAll(quiet, [message('1', true)])), ['1']);
  assert.deepEqual(steps, ['open 1', 'publish 1']);
});

test('during an outage of the store all publications are refused', async () => {
  refuse = 'publish 1,2';
  await assert.rejects(publishAll(parts, [message('1', true), message('2')]), { code: 'unavailable' });
});

test('a message that waited has the time of its publication', async () => {
  const waited = message('1', true);
  now += 60_000;
  await publishDue(parts, [waited]);
  const [stored] = await bus.ingress.read(0, 'gift', undefined, 10);
  assert.equal(JSON.parse(stored?.body ?? '').ts, now);
  assert.equal((await bus.receipts.find('1'))?.at, now);
});

const counted = async () => (await runtime.metrics.accepted.get()).values.map(({ labels, value }) => [labels['lane'], labels['source'], value]);

test('new messages are counted by lane and source; duplicates and refused messages are not', async () => {
  const publisher = new Publisher(runtime, bus, 'worker');
  const { id, duplicate } = await publisher.publishOne({ ...message('1'), dedupeKey: 'one' });
  assert.deepEqual([id, duplicate], ['1', false]);
  const again = await publisher.publishOne({ ...message('2'), dedupeKey: 'one' });
  assert.deepEqual([again.id, again.duplicate], ['1', true]);
  const gate = gated(bus);
  gate.replace('ingress.publish', async () => [new DanmuxError('lane_full')]);
  const refusing = new Publisher(runtime, gate.open, 'worker');
  await assert.rejects(refusing.publishOne(message('3')), { code: 'lane_full' });
  assert.deepEqual(await counted(), [['gift', 'worker', 1]]);
  assert.equal((await bus.ledger.totals()).accepted.gift, 1);
});

test('with trace hops a new message is recorded once, a duplicate not at all', async () => {
  const stored: string[] = [];
  const publisher = new Publisher(runtime, bus, 'edge', { stored: ({ id }) => stored.push(id) });
  for (const id of ['1', '2']) await publisher.publishOne({ ...message(id), dedupeKey: 'one' });
  assert.deepEqual(stored, ['1']);
});
