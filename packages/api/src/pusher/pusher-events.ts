// Maps Pusher's channels and events to rooms, users and messages. The limits are those of Pusher.
import { userRoomOf } from '@danmux/bus';
import { DanmuxError, isRoomName, limits, reservedTypes } from '@danmux/protocol';
import type { PublishRequest } from '@danmux/protocol/schemas';
import type { Config } from '@danmux/runtime';
import { type Static, Type } from 'typebox';
import { parseJsonData } from '../http/json-body.ts';
import type { Destination } from '../publish/accept-message.ts';

const pusherLimits = { channels: 100, batch: 10, dataBytes: 10_240, name: 200 } as const;

const name = Type.String({ minLength: 1, maxLength: pusherLimits.name });
const fields = {
  name,
  /** Usually JSON. `messageOf` checks the size, which Pusher limits in bytes. */
  data: Type.String(),
  info: Type.Optional(Type.String({ maxLength: 200 })),
  /** Accepted and ignored: Pusher does not send the event to this socket, but danmux cannot resolve socket ids of Pusher. */
  socket_id: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
};

// The schemas allow unknown fields, as Pusher does.
export const eventBody = Type.Object({
  ...fields,
  channels: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: pusherLimits.channels })),
  channel: Type.Optional(Type.String()),
});
export const batchBody = Type.Object({ batch: Type.Array(Type.Object({ ...fields, channel: Type.String() }), { minItems: 1, maxItems: pusherLimits.batch }) });

export type EventBody = Static<typeof eventBody>;

const userChannelPrefix = '#server-to-user-';
/** Message type of every event whose name is not a configured message type. */
const eventType = 'event';

type Colon = Pick<Config['pusher'], 'colon'>;

/** Converts a channel name, or a part of one, to the room name: `pusher.colon` becomes `:`. */
export function roomText(channel: string, { colon }: Colon): string {
  return colon === '' ? channel : channel.replaceAll(colon, ':');
}

/** The channel of a room, in the form that Pusher's libraries accept. */
export function channelOf(room: string, { colon }: Colon): string {
  return colon === '' ? room : room.replaceAll(':', colon);
}

/** The room of a channel. Throws `invalid_request` when the channel name is not a valid room name. */
export function roomOf(channel: string, pusher: Colon): string {
  const room = roomText(channel, pusher);
  if (isRoomName(room)) return room;
  const shown = channel.slice(0, 200);
  const { colon } = pusher;
  throw new DanmuxError('invalid_request', {
    message: `"${shown}" is not a valid channel name: use 1 to 128 characters of A-Z a-z 0-9 _ . @ -${colon === '' ? ' :' : `, and ${colon} for the : of a room name`}.`,
  });
}

/** Destination of an event: a room, or a user for the channel `#server-to-user-ID`. */
export function destinationOf(channel: string, pusher: Colon): Destination {
  const user = channel.startsWith(userChannelPrefix) ? channel.slice(userChannelPrefix.length) : '';
  if (user !== '' && user.length <= limits.userId) return { room: userRoomOf(user), user };
  return { room: roomOf(channel, pusher) };
}

/**
 * An event whose name is a configured message type that backends may send becomes a message of that type. Any other event becomes a message
 * of type `event`, with the name in its data.
 */
export function messageOf({ name: event, data: text }: { readonly name: string; readonly data: string }, { types }: Config['messages']): PublishRequest {
  const size = Buffer.byteLength(text);
  if (size > pusherLimits.dataBytes)
    throw new DanmuxError('too_large', { message: `The data of the event is ${size} bytes; at most ${pusherLimits.dataBytes} are allowed.` });
  const data = parsed(text);
  if (event !== eventType && Object.hasOwn(types, event) && !reservedTypes.includes(event)) return { type: event, data };
  return { type: eventType, data: { event, data } };
}

function parsed(text: string): unknown {
  try {
    return parseJsonData(text);
  } catch {
    // Data that is not JSON, or JSON that the API refuses, is sent as a string.
    return text;
  }
}
