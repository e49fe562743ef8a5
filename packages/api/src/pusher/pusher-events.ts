// Maps Pusher's events: a channel is a room (or a user's own channel), an event is a message. Limits are
// Pusher's.
import { userRoomOf } from '@danmux/bus';
import { DanmuxError, isRoomName, limits, reservedTypes } from '@danmux/protocol';
import type { PublishRequest } from '@danmux/protocol/schemas';
import type { Config } from '@danmux/runtime';
import { type Static, Type } from 'typebox';
import { parseJsonData } from '../http/json-body.ts';
import type { Goal } from '../publish/accept-message.ts';

const pusherLimits = { channels: 100, batch: 10, dataBytes: 10_240, name: 200 } as const;

const name = Type.String({ minLength: 1, maxLength: pusherLimits.name });
const fields = {
  name,
  /** JSON by convention; its size is limited in bytes. */
  data: Type.String(),
  info: Type.Optional(Type.String({ maxLength: 200 })),
  /** Accepted and ignored: danmux does not know the socket of the sender's page. */
  socket_id: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
};

// Unknown fields are accepted, as Pusher does.
export const eventBody = Type.Object({
  ...fields,
  channels: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: pusherLimits.channels })),
  channel: Type.Optional(Type.String()),
});
export const batchBody = Type.Object({ batch: Type.Array(Type.Object({ ...fields, channel: Type.String() }), { minItems: 1, maxItems: pusherLimits.batch }) });

export type EventBody = Static<typeof eventBody>;

const userChannel = '#server-to-user-';
/** Encrypted channels: their payload stays encrypted. */
const wrapped = 'event';

/** The room of a channel; throws `invalid_request` for a name that is no valid room. */
export function roomOf(channel: string): string {
  const shown = channel.slice(0, 200);
  if (isRoomName(channel)) return channel;
  throw new DanmuxError('invalid_request', { message: `"${shown}" is not a valid channel name here: 1 to 128 of A-Z a-z 0-9 _ . : @ -.` });
}

/** Destination of an event: a room, or a user. */
export function goalOf(channel: string): Goal {
  const user = channel.startsWith(userChannel) ? channel.slice(userChannel.length) : '';
  if (user !== '' && user.length <= limits.userId) return { room: userRoomOf(user), user };
  return { room: roomOf(channel) };
}

/** An event named like a message type has that type; others have type `event`. */
export function messageOf({ name: event, data: text }: { readonly name: string; readonly data: string }, { types }: Config['messages']): PublishRequest {
  const size = Buffer.byteLength(text);
  if (size > pusherLimits.dataBytes)
    throw new DanmuxError('too_large', { message: `The data of the event is ${size} bytes; at most ${pusherLimits.dataBytes} are allowed.` });
  const data = parsed(text);
  if (event !== wrapped && Object.hasOwn(types, event) && !reservedTypes.includes(event)) return { type: event, data };
  return { type: wrapped, data: { event, data } };
}

function parsed(text: string): unknown {
  try {
    return parseJsonData(text);
  } catch {
    // Not JSON, or unsafe JSON: sent as text.
    return text;
  }
}
