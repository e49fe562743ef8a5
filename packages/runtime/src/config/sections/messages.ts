// Settings of messages: types and their lanes, combos, and how long ids are remembered for deduplication.
import { type Lane, laneNames, messageTypes } from '@danmux/protocol';
import { Type } from 'typebox';
import { compared, everyRole, ms, strict } from '../fields.ts';

const optionalCount = (description: string) => Type.Optional(Type.Integer({ minimum: 1, description }));
const messageType = Type.Object(
  {
    lane: Type.Unsafe<Lane>(Type.Union(laneNames.map((lane) => Type.Literal(lane)))),
    viewer: Type.Boolean(),
    merge: Type.Optional(Type.Union([Type.Literal('sum'), Type.Literal('newest')])),
    key: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    viewer_per_minute: optionalCount('Messages of this type one user may send per minute through one edge.'),
    viewer_burst: optionalCount('Messages of this type one user may send in a burst through one edge.'),
    viewer_count_max: optionalCount('Largest `data.count` of one message of a viewer.'),
    viewer_count_per_second: optionalCount('Largest sum of `data.count` per second over the messages of one viewer through one edge.'),
  },
  strict,
);

export const messages = Type.Object(
  {
    types: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_.-]{0,31}$' }), messageType, {
      ...strict,
      default: messageTypes,
      description:
        'Message types: the lane of each, and whether viewers may send it. `merge` of an ambient type: `sum` (default) sends one message per tick with the sum of `data.count`; `newest` sends the newest message of each sender and value of the field of `data` named by `key`. `viewer_per_minute` and `viewer_burst` limit one user; a type that sets `viewer_per_minute`, and every ambient type, has a limit separate from the common one, with edge.send_per_minute and edge.send_burst as defaults. `viewer_count_max` (default 100) and `viewer_count_per_second` (default 20) limit `data.count` in messages of viewers. Config files add types, or fields to a built-in type.',
    }),
    role_weights: Type.Record(Type.String({ minLength: 1, maxLength: 64 }), Type.Number(), {
      ...strict,
      compared: ['edge', 'api', 'worker'],
      default: { host: 1_000, admin: 1_000, moderator: 500, vip: 100 },
      description: 'Weight that a role adds to the level of the sender. When a relay sheds chat, messages with the lowest weight are shed first.',
    }),
    combo_window_ms: compared(
      ms(
        300,
        'Time within which gifts of one sender with the same `data.combo_id` are merged into one message with the sum of `data.count`; 0 sends each gift separately.',
        0,
      ),
      ['relay'],
    ),
    dedupe_chat_ms: ms(60_000, 'How long the cid of a viewer message is remembered; a repeated cid within this time is a duplicate and is not sent again.'),
    dedupe_gift_ms: ms(900_000, 'How long a message id is remembered in a room; a repeated id within this time is a duplicate and is not sent again.'),
  },
  { ...strict, compared: everyRole },
);
