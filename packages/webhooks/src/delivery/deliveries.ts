// Builds the next request of a room from its pending events: one event, or consecutive `message.sent` events merged into one. The logged text is
// sent unchanged; nothing is parsed and encoded again.
import type { ReadEvent } from './log-window.ts';
import type { Delivery } from './webhook-client.ts';

export interface EventDelivery extends Delivery {
  /** Number of logged events in the request. */
  readonly count: number;
  /** Log entry of the last event in the request. */
  readonly to: string;
  readonly room: string;
  readonly ts: number;
}

const mostMessages = 100;
/** Cap on the size of merged events, characters of JSON. */
const mostCharacters = 262_144;
/** The texts before and after the messages of a logged `message.sent`. The texts of the messages of several events can be joined with commas. */
const opening = '"data":{"messages":[';
const closing = ']}}';

/** Number of events, from the first on, that fit into one request; 0 for an empty list. */
export function countTogether(events: readonly ReadEvent[]): number {
  const [first] = events;
  if (!first) return 0;
  let { messages } = first;
  let characters = first.text.length;
  let count = 1;
  for (; first.messages > 0 && isJoinable(first) && count < events.length; count++) {
    const event = events[count] as ReadEvent;
    messages += event.messages;
    characters += event.text.length;
    if (event.messages === 0 || !isJoinable(event) || messages > mostMessages || characters > mostCharacters) break;
  }
  return count;
}

/**
 * Builds the request for the first `count` events. The id of a merged request is derived from its events, so the caller must pass the same events
 * at every retry.
 */
export function deliveryOf(events: readonly ReadEvent[], count: number): EventDelivery {
  const some = events.slice(0, count) as [ReadEvent, ...ReadEvent[]];
  const [first] = some;
  const last = some.at(-1) ?? first;
  const whole = { count, to: last.entry, room: first.room, ts: first.ts };
  if (count === 1) return { ...whole, id: first.id, text: first.text };
  const id = `${first.id}-${last.id}`;
  const head = { id, type: first.type, room: first.room, ts: first.ts };
  return { ...whole, id, text: `${JSON.stringify(head).slice(0, -1)},${opening}${some.map(messagesOf).join(',')}${closing}` };
}

function isJoinable({ text }: ReadEvent): boolean {
  return text.endsWith(closing) && text.includes(opening);
}

function messagesOf({ text }: ReadEvent): string {
  return text.slice(text.indexOf(opening) + opening.length, -closing.length);
}
