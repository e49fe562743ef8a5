// Counts the frames of one room over all its viewers, and the messages in them over the sampled ones. Every viewer of a room
// gets the same frames, so what all got is frames × messages a frame of the sample.

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

  /** Since the last call. Frames nobody of the sample has seen yet wait for the next one. */
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
