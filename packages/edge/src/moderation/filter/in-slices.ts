// Long work of many small steps, done a few milliseconds at a time, so that viewers are served between.

const sliceMs = 4;

/** Runs a generator to its end and returns what it returns. `stopped` ends it early, with null. */
export async function inSlices<T>(work: Generator<void, T>, stopped: () => boolean = () => false): Promise<T | null> {
  for (;;) {
    const end = performance.now() + sliceMs;
    while (performance.now() < end) {
      const { done, value } = work.next();
      if (done) return value;
    }
    await new Promise((resolve) => setImmediate(resolve));
    if (stopped()) return null;
  }
}
