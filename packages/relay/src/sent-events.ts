// What the event log is told of a commit: `message.sent`, lane by lane, made of the texts that are there already. It decides
// nothing about who reads it.
import { type Heads, isUserRoom, type Pending } from '@danmux/bus';
import { isStreamLane, type Lane, type WebhookEventName } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import { wanted } from '@danmux/webhooks';

/** Messages of one event, and their bytes, but that one message is always whole: with `webhooks.log_events` they bound what a log holds. */
const eventMessages = 100;
const eventBytes = 65_536;
const type: WebhookEventName = 'message.sent';

/** True when a target of webhooks or the archive asks for them. */
export function eventsAreRead(config: Pick<Config, 'webhooks' | 'archive'>): boolean {
  return config.archive.dir !== '' || wanted(config, type);
}

/** `encoded` are the messages as viewers get them, made of `publications`; `heads` are those they were numbered from. */
export function sentEvents(room: string, lane: Lane, publications: readonly Pending[], encoded: readonly string[], heads: Heads, ts: number): string[] {
  // A message for one user is nobody else's business.
  if (isUserRoom(room)) return [];
  const events: string[] = [];
  for (let from = 0, upTo = 0; from < encoded.length; from = upTo) {
    upTo = endOf(encoded, from);
    // The same when the commit is tried again: an epoch belongs to one room, an offset or an entry to one message.
    const place = isStreamLane(lane) ? heads.offsets[lane] + from + 1 : (publications[from]?.entry ?? '');
    const id = `evt_${heads.epoch}_${lane}_${place}`;
    const messages = encoded.slice(from, upTo).join(',');
    events.push(`{"id":"${id}","type":"${type}","room":${JSON.stringify(room)},"ts":${ts},"data":{"messages":[${messages}]}}`);
  }
  return events;
}

/** Behind the last message of the event that begins at `from`. */
function endOf(encoded: readonly string[], from: number): number {
  let bytes = 0;
  let at = from;
  for (; at < encoded.length && at < from + eventMessages; at++) {
    bytes += Buffer.byteLength(encoded[at] ?? '');
    if (bytes > eventBytes && at > from) break;
  }
  return at;
}
