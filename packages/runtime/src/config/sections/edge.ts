// Connections, queues and limits of an edge.
import { Type } from 'typebox';
import { count, ms, port, strict } from '../fields.ts';

export const edge = Type.Object(
  {
    port: port(7700, 'DANMUX_EDGE_PORT', 'Port of the viewers; the next edges of a machine take the next ports.'),
    allowed_origins: Type.Array(Type.String(), {
      default: [],
      env: 'DANMUX_ALLOWED_ORIGINS',
      description: 'Origins of pages that may connect besides those of the same host name; `*` allows every one.',
    }),
    polling: Type.Boolean({ default: true, description: 'Long-polling as a fall-back; needs sticky sessions behind a balancer.' }),
    ping_interval_ms: ms(20_000, 'How often a viewer is pinged.'),
    ping_timeout_ms: ms(20_000, 'A viewer that does not answer a ping for so long is gone.'),
    connect_timeout_ms: ms(8_000, 'A connection that did not authenticate for so long is closed.'),
    max_connections: count(
      15_000,
      'Connections one edge accepts; more are refused, and the gateway names other edges. Each costs memory and a share of the fan-out: add edges before raising it. 0 is not allowed: drain the edge instead.',
    ),
    outbox_bytes: Type.Integer({
      minimum: 65_536,
      default: 1_048_576,
      unit: 'bytes',
      description:
        'Queued for one viewer at most; past it chat is dropped first, then the viewer is disconnected with code slow. Raise it for viewers on slow networks; the worst case is this much memory for each connection.',
    }),
    slice_ms: ms(2, 'Writing to the viewers of a room stops after so long, for pings, joins and what is urgent.'),
    direct_writes: Type.Boolean({
      default: true,
      description: 'Frames go straight to the TCP socket; off, they take the way of socket.io, which costs several times as much.',
    }),
    deflate: Type.Boolean({ default: true, description: 'Offers permessage-deflate; a frame is compressed once for all viewers.' }),
    send_per_minute: count(
      60,
      'Messages one user may send per minute through one edge, over all connections. Lower it when single users flood rooms; a raised rate costs relay work and more shed chat. 0 is not allowed: mute the room instead.',
    ),
    send_burst: count(10, 'Messages one user may send at once after a pause. Raise it for users that paste several lines; 0 is not allowed.'),
    room_send_per_second: count(
      500,
      'Messages all viewers of a room may send per second through one edge; more are refused with rate_limited. It protects the ingress of the shard in a flood; viewers are shown relay.chat_per_second anyway. 0 is not allowed.',
    ),
    presence_interval_ms: ms(400, 'How often an edge reports and reads online counts; viewers know the truth after two of them and a second.'),
    presence_ttl_ms: ms(8_000, 'An edge that did not report for so long is counted out.'),
    members_listed: Type.Integer({
      minimum: 2,
      maximum: 1_000,
      default: 200,
      description: 'Members of a room one edge names; above it the highest levels and a sample of the others.',
    }),
    drain_ms: ms(
      5_000,
      'Viewers of a draining edge are sent away evenly over this time. Longer spreads the reconnects of a large edge and makes a deployment slower; 0 sends all away at once.',
      0,
    ),
  },
  strict,
);
