// A seat in the swarm: its room, whether it is sampled, and the positions its viewers have seen. It outlives the connections of its viewer.
import type { SequenceCheck } from './sequence-check.ts';
import type { Positions, Viewer } from './viewer.ts';

export interface Seat {
  readonly index: number;
  readonly room: string;
  readonly sampled: boolean;
  viewer: Viewer | undefined;
  /** Joined before the first message, and reading without interruption. */
  steady: boolean;
  readonly checks: Map<string, SequenceCheck>;
  /** Last positions; sampled viewers only. */
  positions: Record<string, Position>;
}

export interface Position {
  readonly epoch: string;
  offset: number;
}

interface SeatPlan {
  readonly rooms: readonly string[];
  readonly sampleEvery: number;
  readonly expectFirst: boolean;
}

export function makeSeat({ rooms, sampleEvery, expectFirst }: SeatPlan, index: number): Seat {
  const placeInRoom = Math.floor(index / rooms.length);
  return {
    index,
    room: rooms[index % rooms.length] ?? '',
    sampled: placeInRoom % sampleEvery === 0,
    viewer: undefined,
    steady: expectFirst,
    checks: new Map(),
    positions: {},
  };
}

export function merged(known: Record<string, Position>, given: Positions): Record<string, Position> {
  const all = { ...known };
  for (const [lane, position] of Object.entries(given)) if (position.offset >= (known[lane]?.offset ?? 0)) all[lane] = { ...position };
  return all;
}

export function advance(position: Position | undefined, offset: number): void {
  if (position && offset > position.offset) position.offset = offset;
}
