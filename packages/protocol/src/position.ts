// A place in the stream of a room and lane. Offsets count from 1 without holes inside one epoch; a new epoch means that
// history was lost and offsets started again.
import type { StreamLane } from './lanes.ts';

export interface Position {
  readonly epoch: string;
  /** The last publication that was seen; 0 before the first. */
  readonly offset: number;
}

export type Positions = Partial<Record<StreamLane, Position>>;
