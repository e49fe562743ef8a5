// Counts the frames of a room over all viewers, and the messages over the sampled ones. Since all viewers receive the same frames,
// deliveries are frames × messages per frame of the sample.

export interface RoomCount {
  readonly frames: number;
  readonly deliveries: number;
  readonly byLane: Readonly<Record<string, number>>;
}

export class RoomTally {
  frames = 0;
  #sampledFrames = 0;
  readonly #sampled: Record<string, number> = {};

  sample(lanes: readonly string[]): void {
    this.#sampledFrames++;
    for (const lane of lanes) this.#sampled[lane] = (this.#sampled[lane] ?? 0) + 1;
  }

  /** Returns the counts since the last call. While no sampled viewer has received a frame, they are zero and the frames count at a later call. */
  take(): RoomCount {
    if (this.#sampledFrames === 0) return { frames: 0, deliveries: 0, byLane: {} };
    const { frames } = this;
    const byLane: Record<string, number> = {};
    let deliveries = 0;
    for (const [lane, count] of Object.entries(this.#sampled)) {
      const all = (frames * count) / this.#sampledFrames;
      byLane[lane] = all;
      deliveries += all;
      delete this.#sampled[lane];
    }
    this.frames = 0;
    this.#sampledFrames = 0;
    return { frames, deliveries, byLane };
  }
}
