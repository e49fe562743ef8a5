// Settings of an edge: connections, queues and limits.
import { Type } from 'typebox';
import { compared, count, ms, perProcess, port, strict } from '../fields.ts';

export const edge = Type.Object(
  {
    port: port(7700, 'DANMUX_EDGE_PORT', 'Port for viewers. ecosystem.config.js gives further edges the following ports.'),
    public_url: Type.String({
      ...perProcess,
      default: '',
      pattern: '^((https?|wss?)://([^\\s?#{}]|\\{index\\}|\\{port\\})+)?$',
      env: 'DANMUX_EDGE_PUBLIC_URL',
      description:
        'URL at which viewers reach the edges through a proxy, such as https://live.example.com/edge-{index}. `{index}` stands for edge.index and `{port}` for the port of the edge. The gateway, the demo, the console and the OBS page use it; empty uses `public_host` and the port over http.',
    }),
    index: Type.Integer({
      ...perProcess,
      minimum: 0,
      default: 0,
      env: 'DANMUX_EDGE_INDEX',
      description: 'Number of this edge, for `{index}` in edge.public_url. ecosystem.config.js sets it.',
    }),
    allowed_origins: Type.Array(Type.String(), {
      default: [],
      env: 'DANMUX_ALLOWED_ORIGINS',
      description: 'Origins of pages that may connect, in addition to pages of the same host name; `*` allows all.',
    }),
    polling: Type.Boolean({ default: true, description: 'Long-polling as a fallback; requires sticky sessions behind a load balancer.' }),
    ping_interval_ms: ms(20_000, 'Interval between pings to a viewer.'),
    ping_timeout_ms: ms(20_000, 'A viewer that does not answer a ping within this time is disconnected.'),
    connect_timeout_ms: ms(8_000, 'A connection that does not authenticate within this time is closed.'),
    max_connections: compared(
      count(
        15_000,
        'Connections one edge accepts; more are refused, and the gateway returns other edges. Each connection uses memory and CPU time of the fan-out: add edges before raising it. 0 is not allowed: drain the edge instead.',
      ),
      [],
    ),
    outbox_bytes: Type.Integer({
      minimum: 65_536,
      default: 1_048_576,
      unit: 'bytes',
      description:
        'Size of the outbox of one viewer. When it is full, chat is dropped first; then the viewer is disconnected with code `slow`. Raise it for viewers on slow networks; in the worst case each connection uses this much memory.',
    }),
    frame_bytes: Type.Integer({
      minimum: 4_096,
      maximum: 1_048_576,
      default: 32_768,
      unit: 'bytes',
      description:
        'Size of one message to a viewer, replies and long-polling answers included; longer lists are sent in several. Only a single larger message exceeds it. WebSocket libraries limit the messages they accept (coder/websocket 32 KiB, Netty and Jetty 64 KiB): raise it only when all viewers accept more.',
    }),
    slice_ms: ms(
      2,
      'Longest uninterrupted time for writing to the viewers of a room; then the edge handles pings, joins and urgent frames before it continues.',
    ),
    direct_writes: Type.Boolean({
      default: true,
      description: 'Writes frames directly to the TCP socket. When off, frames go through socket.io, which uses several times the CPU time.',
    }),
    deflate: Type.Boolean({ default: true, description: 'Offers permessage-deflate; a frame is compressed once for all viewers.' }),
    inflate_bytes: Type.Integer({
      ...perProcess,
      minimum: 1_048_576,
      default: 134_217_728,
      unit: 'bytes',
      description:
        'Memory of one edge for viewers whose client compresses its messages with a context: at most 36 KiB each, as much as the viewer has sent. Past half of it, new viewers are answered without compression; past all of it, the next such message closes its connection with code 1013, and the client comes back.',
    }),
    send_per_minute: count(
      60,
      'Messages one user may send per minute through one edge, over all connections. Lower it when single users flood rooms; a higher rate causes more relay work and more shed chat. 0 is not allowed: mute the room instead.',
    ),
    send_burst: count(10, 'Messages one user may send in a burst after a pause. Raise it for users that paste several lines. 0 is not allowed.'),
    room_send_per_second: count(
      500,
      'Messages all viewers of a room may send per second through one edge; more are refused with rate_limited. It protects the ingress of the shard during a flood; relay.chat_per_second limits the chat sent to viewers independently. 0 is not allowed.',
    ),
    presence_interval_ms: ms(400, 'Interval at which an edge reports and reads online counts. A change reaches viewers within two intervals plus one second.'),
    presence_ttl_ms: ms(8_000, 'The viewers of an edge that has not reported for this time are no longer counted.'),
    members_listed: Type.Integer({
      minimum: 2,
      maximum: 1_000,
      default: 200,
      description: 'Members of a room that one edge lists. In a larger room it lists the highest levels and a sample of the others.',
    }),
    drain_ms: ms(
      5_000,
      'A draining edge disconnects its viewers evenly over this time. A longer time spreads the reconnects of a large edge but slows down a deployment; 0 disconnects all viewers immediately.',
      0,
    ),
  },
  { ...strict, compared: ['edge'] },
);
