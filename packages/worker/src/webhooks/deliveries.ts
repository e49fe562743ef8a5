// Turns a stretch of the event log into what one target is sent: the events it wants, with the messages of a room that follow
// each other put together. The same stretch always gives the same deliveries under the same ids, so that a try can be repeated.
import { type LoggedEvent, userRooms } from '@danmux/bus';
import { type WebhookTarget, wantsEvent } from '@danmux/cluster/webhooks';
import type { WebhookEvent } from '@danmux/protocol';
import { parseJson, toJson } from '@danmux/runtime';
import type { Delivery } from './webhook-client.ts';

export interface EventDelivery extends Delivery {
  readonly event: WebhookEvent;
}

/** One event, or messages of one room. */
interface Group {
  readonly events: WebhookEvent[];
  messages: number;
  characters: number;
}

interface Sent extends WebhookEvent {
  readonly data: { readonly messages: readonly unknown[] };
}

const mostMessages = 100;
/** Of merged events, as JSON. */
const mostCharacters = 262_144;

/** In order per room; rooms in the order of their first event. Text that is no event is left out and told to `broken`. */
export function deliveriesOf(target: WebhookTarget, events: readonly LoggedEvent[], broken: (error: unknown) => void): readonly EventDelivery[] {
  const groups: Group[] = [];
  /** Of each room, the messages that more may join. */
  const open = new Map<string, Group>();
  for (const { event, characters } of events.flatMap(({ text }) => wanted(target, text, broken))) {
    const group = open.get(event.room);
    if (group && isSent(event) && fits(group, event, characters)) {
      group.events.push(event);
      group.messages += event.data.messages.length;
      group.characters += characters;
      continue;
    }
    const next: Group = { events: [event], messages: isSent(event) ? event.data.messages.length : 0, characters };
    groups.push(next);
    if (isSent(event)) open.set(event.room, next);
    else open.delete(event.room);
  }
  return groups.map(deliveryOf);
}

function wanted(target: WebhookTarget, text: string, broken: (error: unknown) => void): { event: WebhookEvent; characters: number }[] {
  try {
    const event = parseJson(text) as WebhookEvent;
    // What users are sent alone is nobody's business.
    if (userRooms.includes(event.room) || !wantsEvent(target, event)) return [];
    const parts = isSent(event) ? split(event) : [event];
    return parts.map((part) => ({ event: part, characters: text.length }));
  } catch (error) {
    broken(error);
    return [];
  }
}

function isSent(event: WebhookEvent): event is Sent {
  return event.type === 'message.sent';
}

function fits(group: Group, { data }: Sent, characters: number): boolean {
  return group.messages + data.messages.length <= mostMessages && group.characters + characters <= mostCharacters;
}

/** A busy room's frame may hold more than one event may. */
function split(event: Sent): Sent[] {
  const { messages } = event.data;
  if (messages.length <= mostMessages) return [event];
  return Array.from({ length: Math.ceil(messages.length / mostMessages) }, (_, part) => ({
    ...event,
    id: `${event.id}.${part}`,
    data: { messages: messages.slice(part * mostMessages, (part + 1) * mostMessages) },
  }));
}

/** The id of several says what it is made of: the same one is never sent with other messages. */
function deliveryOf({ events }: Group): EventDelivery {
  const [first] = events as [WebhookEvent];
  if (events.length === 1) return { id: first.id, event: first, text: toJson(first) };
  const messages = events.flatMap((event) => (event as Sent).data.messages);
  const event: WebhookEvent = { ...first, id: `${first.id}-${events.at(-1)?.id}`, data: { messages } };
  return { id: event.id, event, text: toJson(event) };
}
