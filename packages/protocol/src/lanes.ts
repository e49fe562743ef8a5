// The table of lanes, which are the priority classes of publications. The row of a lane determines the delivery guarantee of its messages,
// what happens at a cap, and how long history keeps them.

/** One priority class. */
export interface LaneSpec {
  /** Priority: lanes with a lower number are sent first. */
  readonly order: number;
  /** True: an accepted publication is stored and delivered at least once. The client removes duplicates, so that it is shown once. */
  readonly guaranteed: boolean;
  /** Behaviour at a cap: `refuse` returns an error to the publisher, `shed` drops the oldest publication and counts it. */
  readonly atCap: 'refuse' | 'shed';
  /**
   * How a relay merges publications. `combos`: the gifts of one combo within its time window become one message, which keeps the id of each gift.
   * `counters`: the messages of one type within a tick are merged as the `merge` of the type says. null: never.
   */
  readonly merges: 'combos' | 'counters' | null;
  /**
   * True: clearing a room recalls the messages of the lane. False: the messages stay, because they change the state of clients, and a client that
   * was away must still get them.
   */
  readonly cleared: boolean;
  /**
   * `size`: publications kept in the stream of a room; rooms with messages to single users keep more. `ttlS`: seconds from the last write until the
   * stream expires. null: the lane has no stream.
   */
  readonly history: { readonly size: number; readonly ttlS: number } | null;
}

/** The lanes and their properties. */
export const lanes = {
  control: { order: 0, guaranteed: true, atCap: 'refuse', merges: null, cleared: false, history: { size: 1_000, ttlS: 7_200 } },
  gift: { order: 1, guaranteed: true, atCap: 'refuse', merges: 'combos', cleared: true, history: { size: 5_000, ttlS: 7_200 } },
  chat: { order: 2, guaranteed: false, atCap: 'shed', merges: null, cleared: true, history: { size: 200, ttlS: 7_200 } },
  ambient: { order: 3, guaranteed: false, atCap: 'shed', merges: 'counters', cleared: true, history: null },
} as const satisfies Record<string, LaneSpec>;

/** The name of a lane. */
export type Lane = keyof typeof lanes;

/** A lane with a stream: its publications have offsets and can be read from history. */
export type StreamLane = { [L in Lane]: (typeof lanes)[L]['history'] extends null ? never : L }[Lane];

/** All lanes, highest priority first. */
export const laneNames: readonly Lane[] = (Object.keys(lanes) as Lane[]).sort((a, b) => lanes[a].order - lanes[b].order);

/** The lanes that have a stream, highest priority first. */
export const streamLanes: readonly StreamLane[] = laneNames.filter((lane): lane is StreamLane => lanes[lane].history !== null);

/** A new object with the value of `make` for each lane. */
export function byLane<T>(make: (lane: Lane) => T): Record<Lane, T> {
  return recordOf(laneNames, make);
}

/** A new object with the value of `make` for each lane that has a stream; `index` is the lane's place in `streamLanes`. */
export function byStreamLane<T>(make: (lane: StreamLane, index: number) => T): Record<StreamLane, T> {
  return recordOf(streamLanes, make);
}

/** A new object with offset 0 ("before the first publication") for each lane that has a stream. */
export function zeroOffsets(): Record<StreamLane, number> {
  return byStreamLane(() => 0);
}

function recordOf<N extends Lane, T>(names: readonly N[], make: (lane: N, index: number) => T): Record<N, T> {
  const record: Partial<Record<N, T>> = {};
  for (const [index, lane] of names.entries()) record[lane] = make(lane, index);
  return record as Record<N, T>;
}

/** True when `value` is the name of a lane. */
export function isLane(value: string): value is Lane {
  return Object.hasOwn(lanes, value);
}

/** True when `value` is the name of a lane that has a stream. */
export function isStreamLane(value: string): value is StreamLane {
  return isLane(value) && lanes[value].history !== null;
}
