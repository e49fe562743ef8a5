// Pace, chat rate and caps of the broadcast tier.
import { Type } from 'typebox';
import { count, ms, port, strict } from '../fields.ts';

export const relay = Type.Object(
  {
    port: port(7600, 'DANMUX_RELAY_PORT', 'Health and metrics of a relay that runs alone.'),
    tick_ms: ms(50, 'Under load a room sends one frame in so much time; the first message after quiet goes at once.'),
    max_tick_ms: ms(100, 'The same in a room of hundreds of messages a second: larger frames cost less a message.'),
    urgent_tick_ms: ms(5, 'The same for control and gift.', 0),
    frame_messages: count(2_000, 'Messages of one frame at most.'),
    chat_per_second: Type.Number({
      exclusiveMinimum: 0,
      default: 20,
      env: 'DANMUX_CHAT_PER_SECOND',
      description:
        'Chat messages per second that the viewers of a room are sent; more are shed by weight, counted and reported as a gap. A pause saves up two seconds of it. Raise it for rooms where people read fast; each message costs a write to every viewer. Gifts are not limited. 0 is not allowed; a room may have a rate of its own, from 0.01.',
    }),
    lease_ttl_ms: ms(2_500, 'A relay that does not renew a shard for so long loses it.', 200),
    ingress_chat: count(
      20_000,
      'Chat messages a shard holds before the oldest are shed. It bridges a hand-over of the shard to another relay; they wait in the memory of the store. 0 is not allowed.',
    ),
    ingress_ambient: count(5_000, 'Ambient messages a shard holds before the oldest are shed; likes and enters are worth little when late. 0 is not allowed.'),
    ingress_gift: count(
      100_000,
      'Control or gift messages a shard holds before more are refused with lane_full. It bridges an outage of all relays; they wait in the memory of the store. 0 is not allowed.',
    ),
  },
  strict,
);
