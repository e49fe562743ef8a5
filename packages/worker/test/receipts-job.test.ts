// The totals of receipts become one webhook event per room, on both engines.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { personalRoom, userRoomOf } from '@danmux/bus';
import type { WebhookEvent } from '@danmux/protocol';
import { endProcess, endProcesses, engines, type Process } from '@danmux/testkit/engines';
import { secret } from '@danmux/testkit/webhook-consumer';
import { receiptsJob } from '../src/receipts-job.ts';
import { runningJob } from './running-job.ts';

const wanted = { 'webhooks.url': 'https://hooks.example/', 'webhooks.secret': secret };

async function events({ bus, runtime }: Process): Promise<WebhookEvent[]> {
  const found = await Promise.all(Array.from({ length: runtime.config.shards }, (_, shard) => bus.events.read(shard, undefined, 100)));
  return found.flat().map(({ text }) => JSON.parse(text) as WebhookEvent);
}

for (const engine of engines) {
  describe(`receipts on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(endProcesses);
    after(() => engine.close());

    test('events have the totals of sent, received and missing over all edges, and the same ids when the job runs again', async () => {
      const [process] = (await engine.processes(1, wanted)) as [Process];
      const { receipts } = process.bus;
      const user = userRoomOf('u1');
      for (const room of ['live:1', 'live:2', user]) await receipts.open('m1', room, 1);
      await receipts.report([
        { id: 'm1', room: 'live:1', edge: 'a', sent: 10, received: 7 },
        { id: 'm1', room: 'live:1', edge: 'b', sent: 5, received: 5 },
        { id: 'm1', room: user, edge: 'b', sent: 1, received: 2 },
      ]);
      const run = receiptsJob(process.runtime, process.bus);
      await run(runningJob('receipts', { id: 'm1', room: 'live:1' }));
      const found = await events(process);
      const byRoom = Object.fromEntries(found.map(({ room, data }) => [room, data]));
      assert.deepEqual(byRoom, {
        'live:1': { id: 'm1', sent: 15, received: 12, missing: 3 },
        'live:2': { id: 'm1', sent: 0, received: 0, missing: 0 },
        [personalRoom]: { id: 'm1', sent: 1, received: 2, missing: 0 },
      });
      assert.ok(
        found.every(({ type }) => type === 'message.receipts'),
        'of this type',
      );
      await run(runningJob('receipts', { id: 'm1', room: 'live:1' }));
      assert.equal(new Set((await events(process)).map(({ id }) => id)).size, 3);
      await endProcess(process);
    });

    test('an unknown message, and a config without targets, emit no event', async () => {
      const [process] = (await engine.processes(1, wanted)) as [Process];
      await receiptsJob(process.runtime, process.bus)(runningJob('receipts', { id: 'none', room: 'live:1' }));
      assert.deepEqual(await events(process), []);
      await endProcess(process);
      const [silent] = (await engine.processes(1)) as [Process];
      await silent.bus.receipts.open('m1', 'live:1', 1);
      await receiptsJob(silent.runtime, silent.bus)(runningJob('receipts', { id: 'm1', room: 'live:1' }));
      assert.deepEqual(await events(silent), []);
      await endProcess(silent);
    });
  });
}
