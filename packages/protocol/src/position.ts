// A position in the stream of one room and lane. Within an epoch, offsets count from 1 without gaps. A new epoch means that history was
// lost and that offsets restarted.
import type { StreamLane } from './lanes.ts';

/** Position of a reader in one stream. Offsets of different epochs are not comparable. */
export interface Position {
  readonly epoch: string;
  /** Offset of the last publication received; 0 before the first. */
  readonly offset: number;
}

/** Positions of a reader in one room, by lane. A lane is absent when the reader has no position in it. */
export type Positions = Partial<Record<StreamLane, Position>>;
