// The arguments and results of the calls to a swarm process: its plan, its counts, its verdict. They travel over IPC as JSON.
import type { EncodedLatencies } from '../latency.ts';
import type { SequenceCount } from './sequence-check.ts';

export interface SwarmPlan {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
  /** Viewer `i` of the whole fleet joins room `rooms[i % rooms.length]`. */
  readonly rooms: readonly string[];
  /** This process has `viewers` viewers, numbered from `first`. */
  readonly first: number;
  readonly viewers: number;
  readonly perSecond: number;
  readonly deflate: boolean;
  readonly sampleEvery: number;
  readonly tokenSecret: string;
  /** True when the viewers join before the first message and must receive number 1. */
  readonly expectFirst: boolean;
}

export interface OpenOptions {
  /** Join with the last known positions. */
  readonly recover?: boolean;
  readonly perSecond?: number;
  /** Maximum number of unanswered joins; further connections wait. */
  readonly unanswered?: number;
}

export interface Opened {
  /** Viewers that this call connected. */
  readonly joined: number;
  /** All viewers that are connected and have joined. */
  readonly connected: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Milliseconds from the first packet to the reply of the join, under the name `join`. */
  readonly latencies: EncodedLatencies;
  readonly deflate: number;
}

/** Counts since the last tally. */
export interface SwarmTally {
  readonly connected: number;
  readonly frames: number;
  readonly deliveries: number;
  readonly byLane: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly latencies: EncodedLatencies;
  readonly sampledMessages: number;
  readonly sampledFrames: number;
  /** Totals of the whole run: `ended` counts disconnects by reason, `gaps` the messages that `gap` events reported, by lane. */
  readonly ended: Readonly<Record<string, number>>;
  readonly gaps: Readonly<Record<string, number>>;
}

export interface SampleVerdict {
  readonly viewers: number;
  readonly lanes: Readonly<Record<string, SequenceCount>>;
  /** Messages that `gap` events reported to the sample, by lane. */
  readonly gaps: Readonly<Record<string, number>>;
  /** Number of viewers that read all the time, which are compared with the sample of their room. */
  readonly compared: number;
  /** Number of those that received a different number of frames or bytes. */
  readonly different: number;
}

/** The last published number by room and lane. */
export type Published = Readonly<Record<string, Readonly<Record<string, number>>>>;
