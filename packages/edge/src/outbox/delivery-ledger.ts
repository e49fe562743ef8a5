// Counts the outcome of each message for each viewer in its room: delivered, shed with a reason, or undeliverable because the viewer left
// first. Per lane the three add up to the messages due. The relay counts the messages it sheds itself.
import type { Lane } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { EncodedFrame, LaneCounts } from './encoded-frame.ts';

export class DeliveryLedger {
  readonly #metrics: Runtime['metrics'];

  constructor({ metrics }: Pick<Runtime, 'metrics'>) {
    this.#metrics = metrics;
  }

  /** Counts messages that are due to this many viewers. */
  due(counts: LaneCounts, viewers: number): void {
    each(counts, viewers, (lane, count) => this.#metrics.due.inc({ lane }, count));
  }

  /** Counts a frame written to this many connections. */
  delivered({ counts, bytes }: Pick<EncodedFrame, 'counts' | 'bytes'>, viewers: number): void {
    each(counts, viewers, (lane, count) => this.#metrics.delivered.inc({ lane }, count));
    this.#metrics.deliveredBytes.inc(bytes * viewers);
  }

  shed({ counts }: Pick<EncodedFrame, 'counts'>, reason: string, viewers = 1): void {
    each(counts, viewers, (lane, count) => this.#metrics.viewerShed.inc({ lane, reason }, count));
  }

  undeliverable({ counts }: Pick<EncodedFrame, 'counts'>, viewers = 1): void {
    each(counts, viewers, (lane, count) => this.#metrics.undeliverable.inc({ lane }, count));
  }
}

function each(counts: LaneCounts | null, viewers: number, add: (lane: Lane, count: number) => void): void {
  if (!counts || viewers === 0) return;
  for (const [lane, count] of Object.entries(counts) as [Lane, number][]) if (count > 0) add(lane, count * viewers);
}
