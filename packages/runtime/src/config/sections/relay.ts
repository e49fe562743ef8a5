// Settings of a relay: frame interval, chat rate, lease and caps of the ingress.
import { Type } from 'typebox';
import { compared, count, everyRole, ms, port, strict } from '../fields.ts';

export const relay = Type.Object(
  {
    port: port(7600, 'DANMUX_RELAY_PORT', 'Port for health and metrics of a relay that runs in a separate process.'),
    tick_ms: ms(50, 'Interval between frames of a busy room. The first message after a pause is sent immediately.'),
    max_tick_ms: ms(100, 'Longest interval between frames, used in rooms with hundreds of messages per second, because larger frames cost less per message.'),
    urgent_tick_ms: ms(5, 'Interval between frames with control or gift messages.', 0),
    frame_messages: count(2_000, 'Maximum number of messages in one frame.'),
    chat_per_second: Type.Number({
      exclusiveMinimum: 0,
      default: 20,
      env: 'DANMUX_CHAT_PER_SECOND',
      description:
        'Chat messages per second sent to the viewers of a room. The rest is shed by weight, counted and reported to viewers as a gap. After a pause a burst of up to two seconds of this rate is allowed. Raise it for rooms where people read fast; each message costs a write to every viewer. Gifts are not limited. 0 is not allowed; the mode `chat_per_second` of a room overrides it, from 0.01.',
    }),
    lease_ttl_ms: ms(2_500, 'TTL of the lease of a shard; a relay that does not renew the lease within this time loses the shard.', 200),
    ingress_chat: compared(
      count(
        20_000,
        'Chat messages queued per shard before the oldest are shed. The queue buffers messages while the shard moves to another relay and uses memory of the store. 0 is not allowed.',
      ),
      everyRole,
    ),
    ingress_ambient: compared(
      count(5_000, 'Ambient messages queued per shard before the oldest are shed. Low, because late likes and enters are worth little. 0 is not allowed.'),
      everyRole,
    ),
    ingress_gift: compared(
      count(
        100_000,
        'Control or gift messages queued per shard before more are refused with lane_full. The queue buffers messages while no relay runs and uses memory of the store. 0 is not allowed.',
      ),
      everyRole,
    ),
  },
  { ...strict, compared: ['relay'] },
);
