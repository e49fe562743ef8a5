// Events that a target wants are written in their documented shape; others cost nothing.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Bus, createBus } from '@danmux/bus';
import type { WebhookEvent } from '@danmux/protocol';
import { testRuntime } from '@danmux/testkit/unit';
import { EventWriter } from '../src/event-writer.ts';

const secret = `whsec_${Buffer.from('x'.repeat(24)).toString('base64')}`;

async function withEvents(set: object, run: (events: EventWriter, bus: Bus) => Promise<void>): Promise<void> {
  const runtime = testRuntime({ after }, { shards: 1, ...set }, { clock: { now: () => 5_000 } });
  const bus = createBus(runtime);
  await bus.start();
  await run(new EventWriter(runtime, bus), bus);
  await bus.stop();
}
const written = async (bus: Bus) => (await bus.events.read(0, undefined, 10)).map(({ text }) => JSON.parse(text) as WebhookEvent);

test('without a target nothing is written', async () => {
  await withEvents({}, async (events, bus) => {
    assert.equal(events.wants('moderation.recall'), false);
    await events.emit('a', 'moderation.recall', { id: 'm' });
    assert.deepEqual(await written(bus), []);
  });
});

test('with one, of the list or by its url alone, each event has an id, its type, room, time and data', async () => {
  for (const set of [
    { 'webhooks.url': 'https://hooks.example/', 'webhooks.secret': secret },
    { 'webhooks.targets': [{ id: 'a', url: 'https://hooks.example/', secret }] },
  ]) {
    await withEvents(set, async (events, bus) => {
      assert.equal(events.wants('moderation.recall'), true);
      await events.emit('a', 'moderation.recall', { id: 'm' });
      await events.emit('a', 'moderation.recall', { id: 'm' }, 'given');
      const [first, second] = await written(bus);
      assert.match(first?.id ?? '', /^[0-9A-Z]{26}$/);
      assert.deepEqual(second, { id: 'given', type: 'moderation.recall', room: 'a', ts: 5_000, data: { id: 'm' } });
    });
  }
});

test('an event that no target asks for is not written', async () => {
  const targets = [{ id: 'a', url: 'https://hooks.example/', secret, events: ['room.occupied'] }];
  await withEvents({ 'webhooks.targets': targets }, async (events, bus) => {
    assert.deepEqual([events.wants('room.occupied'), events.wants('moderation.recall')], [true, false]);
    await events.emit('a', 'moderation.recall', { id: 'm' });
    await events.emit('a', 'room.occupied', { online: 1 });
    assert.deepEqual(
      (await written(bus)).map(({ type }) => type),
      ['room.occupied'],
    );
  });
});
