// Makes the next request of a room out of the events that wait for it: one event, or messages that follow each other put together.
// The text goes out as it was logged, digit by digit; nothing is encoded again.
import type { ReadEvent } from './log-window.ts';
import type { Delivery } from './webhook-client.ts';

export interface EventDelivery extends Delivery {
  /** How many logged events it is. */
  readonly count: number;
  /** The entry of the last of them. */
  readonly to: string;
  readonly room: string;
  readonly ts: number;
}

const mostMessages = 100;
/** Of merged events, as JSON. */
const mostCharacters = 262_144;
/** How a logged `message.sent` begins its messages and ends: what is between can be joined with others. */
const opening = '"data":{"messages":[';
const closing = ']}}';

/** How many of a room's events, from the first on, go together; 0 of none. */
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

/** Of the first `count` events. The id of several says what it is made of; who makes it sees that it stays so. */
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
