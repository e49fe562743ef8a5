// Runs long work in slices of a few milliseconds and yields to the event loop between them, so viewers are served meanwhile.

const sliceMs = 4;

/** Runs a generator to its end and resolves with its return value, or with null once `stopped` returns true. */
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
