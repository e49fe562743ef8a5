// Builds the `message.sent` events of a commit for the event log, lane by lane, from the encoded messages. Webhooks and the archive
// consume them.
import { type Heads, isUserRoom, type Pending } from '@danmux/bus';
import { isStreamLane, type Lane, type WebhookEventName } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import { wanted } from '@danmux/webhooks';

/** Limits of one event in messages and bytes; a larger single message is not split. With `webhooks.log_events` they limit the size of the log. */
const eventMessages = 100;
const eventBytes = 65_536;
const type: WebhookEventName = 'message.sent';

/** True when a webhook target or the archive consumes the events. */
export function eventsAreRead(config: Pick<Config, 'webhooks' | 'archive'>): boolean {
  return config.archive.dir !== '' || wanted(config, type);
}

/** `encoded` are the messages of `publications` as sent to viewers; `heads` are the room's heads before the commit. */
export function sentEvents(room: string, lane: Lane, publications: readonly Pending[], encoded: readonly string[], heads: Heads, ts: number): string[] {
  // Messages to single users are private.
  if (isUserRoom(room)) return [];
  const events: string[] = [];
  for (let from = 0, upTo = 0; from < encoded.length; from = upTo) {
    upTo = endOf(encoded, from);
    // The id is the same when a commit is repeated, and unique: an epoch belongs to one room, an offset or ingress entry to one message.
    const place = isStreamLane(lane) ? heads.offsets[lane] + from + 1 : (publications[from]?.entry ?? '');
    const id = `evt_${heads.epoch}_${lane}_${place}`;
    const messages = encoded.slice(from, upTo).join(',');
    events.push(`{"id":"${id}","type":"${type}","room":${JSON.stringify(room)},"ts":${ts},"data":{"messages":[${messages}]}}`);
  }
  return events;
}

/** Index after the last message of the event that begins at `from`. */
function endOf(encoded: readonly string[], from: number): number {
  let bytes = 0;
  let at = from;
  for (; at < encoded.length && at < from + eventMessages; at++) {
    bytes += Buffer.byteLength(encoded[at] ?? '');
    if (bytes > eventBytes && at > from) break;
  }
  return at;
}
