// Reads the webhook events that an api wrote to its bus.
import type { WebhookEvent } from '@danmux/protocol';
import type { ApiFixture } from '@danmux/testkit/api-fixture';

/** Settings with a webhook target, without which no events are written. */
export { rightSettings as withWebhooks } from './right-requests.ts';

/** Every event of a room, oldest first. */
export async function eventsOf({ bus, runtime }: ApiFixture, room: string): Promise<readonly WebhookEvent[]> {
  const shards = Array.from({ length: runtime.config.shards }, (_, shard) => bus.events.read(shard, undefined, 1_000));
  const events = (await Promise.all(shards)).flat().map(({ text }) => JSON.parse(text) as WebhookEvent);
  return events.filter((event) => event.room === room);
}
