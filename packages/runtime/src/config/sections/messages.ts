// Message types and their lanes, combos, and how long ids are remembered.
import { messageTypes } from '@danmux/protocol';
import { Type } from 'typebox';
import { ms, strict } from '../fields.ts';

const optionalCount = (description: string) => Type.Optional(Type.Integer({ minimum: 1, description }));
const messageType = Type.Object(
  {
    lane: Type.Union([Type.Literal('control'), Type.Literal('gift'), Type.Literal('chat'), Type.Literal('ambient')]),
    viewer: Type.Boolean(),
    merge: Type.Optional(Type.Union([Type.Literal('sum'), Type.Literal('newest')])),
    key: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    viewer_per_minute: optionalCount('Messages of this type one user may send a minute through one edge.'),
    viewer_burst: optionalCount('The same at once.'),
    viewer_count_max: optionalCount('What one message of a viewer may count.'),
    viewer_count_per_second: optionalCount('What the messages of one viewer may count a second through one edge.'),
  },
  strict,
);

export const messages = Type.Object(
  {
    types: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_.-]{0,31}$' }), messageType, {
      ...strict,
      default: messageTypes,
      description:
        'Message type → lane, and whether viewers may send it. Of ambient types `merge`: `sum` (default; one message a tick, `data.count` added up) or `newest` (of each sender and of what `key` names in `data`). For viewers: `viewer_per_minute` and `viewer_burst` (given, or ambient: a limit apart from edge.send_per_minute, whose numbers are the default), `viewer_count_max` (default 100) and `viewer_count_per_second` (default 20) bound what counters and gifts of a viewer count. Files add rows to the built-in ones, or fields to a row.',
    }),
    role_weights: Type.Record(Type.String({ minLength: 1, maxLength: 64 }), Type.Number(), {
      ...strict,
      default: { host: 1_000, admin: 1_000, moderator: 500, vip: 100 },
      description: 'What a role of a sender adds to its level when a relay decides which chat to shed.',
    }),
    combo_window_ms: ms(
      300,
      'Gifts of one sender with the same `data.combo_id` that follow within so long are one, with the sum of `data.count`; 0 sends each.',
      0,
    ),
    dedupe_chat_ms: ms(60_000, 'How long the same cid of a viewer is one message.'),
    dedupe_gift_ms: ms(900_000, 'How long the same id in a room is one message.'),
  },
  strict,
);
