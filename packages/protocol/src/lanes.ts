// The lanes: the priority classes a publication travels in, as one table. Everything that differs between a gift and a
// danmaku derives from a row here. This file decides no policy of its own; it states the table of docs/architecture.md.

/** One priority class. */
export interface LaneSpec {
  /** Lower passes first. */
  readonly order: number;
  /** True when an acceptance means the publication is stored and will reach every viewer once in effect. */
  readonly guaranteed: boolean;
  /** What happens at a cap: `refuse` answers the publisher with an error, `shed` drops the oldest and counts it. */
  readonly atCap: 'refuse' | 'shed';
  /** How many publications the stream of a room keeps, and for how long after the last one (seconds); null keeps none. */
  readonly history: { readonly size: number; readonly ttlS: number } | null;
}

export const lanes = {
  control: { order: 0, guaranteed: true, atCap: 'refuse', history: { size: 1_000, ttlS: 7_200 } },
  gift: { order: 1, guaranteed: true, atCap: 'refuse', history: { size: 5_000, ttlS: 7_200 } },
  chat: { order: 2, guaranteed: false, atCap: 'shed', history: { size: 200, ttlS: 7_200 } },
  ambient: { order: 3, guaranteed: false, atCap: 'shed', history: null },
} as const satisfies Record<string, LaneSpec>;

export type Lane = keyof typeof lanes;

/** A lane whose publications carry offsets and can be read again. */
export type StreamLane = { [L in Lane]: (typeof lanes)[L]['history'] extends null ? never : L }[Lane];

/** Every lane, first to pass first. */
export const laneNames: readonly Lane[] = (Object.keys(lanes) as Lane[]).sort((a, b) => lanes[a].order - lanes[b].order);

/** The lanes that keep a stream, first to pass first. */
export const streamLanes: readonly StreamLane[] = laneNames.filter((lane): lane is StreamLane => lanes[lane].history !== null);

/** A new table of offsets with 0, "before the first publication", in every lane that keeps a stream. */
export function zeroOffsets(): Record<StreamLane, number> {
  return Object.fromEntries(streamLanes.map((lane) => [lane, 0])) as Record<StreamLane, number>;
}

export function isLane(value: string): value is Lane {
  return Object.hasOwn(lanes, value);
}

export function isStreamLane(value: string): value is StreamLane {
  return isLane(value) && lanes[value].history !== null;
}
