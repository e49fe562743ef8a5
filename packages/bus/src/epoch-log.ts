// Says that rooms began a new epoch, and why: counts each, and writes one line for all of the same reason within a moment, since a
// store that went back has put back every room it holds.
import type { Runtime } from '@danmux/runtime';

/** `lost`: its heads were gone; `went_back`: they were behind what a process had seen; `returned`: of an epoch that had ended; `unproven`: the store restarted or failed over. */
export type EpochReason = 'lost' | 'went_back' | 'returned' | 'unproven';

const gatherMs = 500;

export class EpochLog {
  readonly #runtime: Runtime;
  readonly #begun = new Map<EpochReason, { rooms: number; readonly room: string }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  begun(room: string, reason: EpochReason): void {
    this.#runtime.metrics.epochs.inc({ reason });
    const known = this.#begun.get(reason);
    if (known) known.rooms++;
    else this.#begun.set(reason, { rooms: 1, room });
    this.#timer ??= setTimeout(() => this.#write(), gatherMs).unref();
  }

  /** Writes what it has not written yet. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#write();
  }

  #write(): void {
    this.#timer = undefined;
    for (const [reason, { rooms, room }] of this.#begun)
      this.#runtime.log.warn({ reason, rooms, room }, 'the history of rooms in the store is not what it was: they begin a new epoch');
    this.#begun.clear();
  }
}
