// The worker role starts without a store, and begins its work when the store appears.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createBus } from '@danmux/bus';
import { createJobs } from '@danmux/jobs';
import { eventually, startRedis, testRuntime } from '@danmux/testkit/unit';
import { secret, WebhookConsumer } from '@danmux/testkit/webhook-consumer';
import { EventWriter } from '@danmux/webhooks';
import { WorkerRole } from '../src/index.ts';

test('a worker starts without Redis; webhooks and sweeps begin when Redis is up', async () => {
  const redis = await startRedis();
  await redis.kill();
  const consumer = new WebhookConsumer();
  await consumer.start();
  const runtime = testRuntime(
    { after },
    {
      shards: 2,
      'redis.url': redis.url,
      'webhooks.url': consumer.url,
      'webhooks.secret': secret,
      'webhooks.allow_http': true,
      'webhooks.allow_addresses': ['127.0.0.0/8'],
      'worker.sweep_interval_ms': 100,
    },
    { role: 'worker' },
  );
  const bus = createBus(runtime);
  const jobs = createJobs(runtime, bus);
  const worker = new WorkerRole(runtime, bus, jobs);
  await bus.start();
  await jobs.start();
  await worker.start();
  await redis.start();
  await eventually(() => new EventWriter(runtime, bus).emit('live:1', 'moderation.recall', { id: 'm1', by: 'me' }));
  await eventually(() => assert.equal(consumer.taken.length, 1), { timeoutMs: 20_000 });
  await eventually(async () => {
    const { values } = await runtime.metrics.jobs.get();
    assert.ok(
      values.some(({ labels, value }) => labels['job'] === 'sweep' && labels['result'] === 'done' && value >= 2),
      'it swept twice',
    );
  });
  await worker.drain();
  await jobs.drain?.();
  await worker.stop();
  await jobs.stop();
  await bus.stop();
  await consumer.stop();
  await redis.stop();
});
