// Computes the number of processes that an audience needs from measurements of one core. Each result shows its formula; a figure that
// was not measured is left out.

/** Measurements of one core of the machine that ran the load test. */
export interface PerCore {
  /** Sustained deliveries/s with many messages per frame. */
  readonly deliveries: number;
  /** Frames/s written, with one message per frame. */
  readonly writes: number;
  /** CPU seconds of relay, api and Redis per published message. */
  readonly relayMessage: number;
  readonly apiMessage: number;
  readonly redisMessage: number;
  /** CPU seconds of Redis per copy of a frame to an edge. */
  readonly redisCopy: number;
  /** Bytes of memory per connected viewer on an edge. */
  readonly connectionBytes: number;
}

/** Assumed values, which are not measured. */
export interface Assumptions {
  /** Planned load of a core, from 0 to 1. */
  readonly headroom: number;
  readonly messagesPerSecond: number;
  /** Milliseconds between two frames of a busy room. */
  readonly tickMs: number;
  readonly connectionsPerEdge: number;
}

export interface Audience {
  readonly viewers: number;
  readonly viewersPerRoom: number;
  /** Number of edges with viewers of a room, capped at the number of edges. */
  readonly edgesPerRoom: number;
}

export interface Capacity {
  readonly edges: number;
  readonly relays: number;
  readonly apis: number;
  readonly redisCores: number;
  readonly edgeMemoryBytes: number;
  readonly framesPerViewer: number;
}

export const assumptions: Assumptions = { headroom: 0.6, messagesPerSecond: 21, tickMs: 50, connectionsPerEdge: 15_000 };

export const formulas: readonly string[] = [
  'frames a viewer and second f = min(m, 1000 / tick)',
  'edges E = the largest of V / C, V · f / (h · W) and V · m / (h · D), rounded up',
  'messages published a second P = rooms · m, with rooms = V / viewers a room',
  'relays = P · cpu(relay) / h, apis = P · cpu(api) / h, rounded up',
  'copies of a frame k = the edges a room is on, at most E',
  'Redis cores = (P · cpu(Redis) + rooms · f · k · cpu(copy)) / h, rounded up',
  'memory of an edge for its viewers = V / E · bytes a connection',
];

export function capacityOf({ viewers, viewersPerRoom, edgesPerRoom }: Audience, core: PerCore, given: Assumptions = assumptions): Capacity {
  const { headroom, messagesPerSecond, tickMs, connectionsPerEdge } = given;
  const framesPerViewer = Math.min(messagesPerSecond, 1_000 / tickMs);
  const byWrites = (viewers * framesPerViewer) / (headroom * core.writes);
  const byDeliveries = (viewers * messagesPerSecond) / (headroom * core.deliveries);
  const edges = Math.ceil(Math.max(viewers / connectionsPerEdge, byWrites, byDeliveries));
  const rooms = viewers / viewersPerRoom;
  const published = rooms * messagesPerSecond;
  const copies = rooms * framesPerViewer * Math.min(edgesPerRoom, edges);
  const cores = (seconds: number) => Math.max(1, Math.ceil(seconds / headroom));
  return {
    edges,
    relays: cores(published * core.relayMessage),
    apis: cores(published * core.apiMessage),
    redisCores: cores(published * core.redisMessage + copies * core.redisCopy),
    edgeMemoryBytes: (viewers / edges) * core.connectionBytes,
    framesPerViewer,
  };
}
