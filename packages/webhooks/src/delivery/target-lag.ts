// Gauges of the lag of the targets that this worker delivers to.
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { ProgressReader } from '../target-progress.ts';
import type { TargetSlice } from './target-slice.ts';

const everyMs = 5_000;

export class TargetLag {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  #told = Number.NEGATIVE_INFINITY;

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  /** Updates the gauges, at most every five seconds; reads only for targets with pending events. */
  async tell(slices: readonly TargetSlice[]): Promise<void> {
    if (performance.now() - this.#told < everyMs) return;
    this.#told = performance.now();
    const { metrics, clock, config } = this.#runtime;
    const lines = slices.flatMap((slice) => [...slice.lines.values()]);
    const busy = lines.filter(({ isBusy }) => isBusy).map(({ target }) => target.id);
    const progress = await new ProgressReader(this.#bus, config.shards).of(busy);
    for (const { target } of lines) {
      const since = progress.get(target.id)?.since ?? null;
      metrics.webhookLag.set({ target: target.id }, since === null ? 0 : Math.max(0, clock.now() - since) / 1_000);
    }
    if (lines.length > 0) metrics.eventsDropped.set(await this.#bus.events.dropped());
  }
}
