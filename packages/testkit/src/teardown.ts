// Runs cleanup functions when their owner ends, in reverse order of registration. The owner is a test context; in a hook, which ends before
// the test does, it is `ownerOf(after)` or `ownerOf(afterEach)`.

/** A test context, `ownerOf(hook)`, or `{ after }` of node:test, which stands for the test or hook that runs, and for the file outside of both. */
export interface Owner {
  after(close: () => unknown): void;
}

const open = new WeakMap<Owner, (() => unknown)[]>();

/** Registers a cleanup function. All functions run even if one fails; the first error is thrown. */
export function closeAfter(owner: Owner, close: () => unknown): void {
  const closes = open.get(owner);
  if (closes) return void closes.push(close);
  const first = [close];
  open.set(owner, first);
  owner.after(() => closeAll(first));
}

/** An owner that ends when `hook` runs: `ownerOf(after)` with the file or suite that declares it, `ownerOf(afterEach)` with each of its tests. */
export function ownerOf(hook: (close: () => Promise<void>) => void): Owner {
  const closes: (() => unknown)[] = [];
  const owner: Owner = { after: (close) => void closes.push(close) };
  open.set(owner, closes);
  hook(() => closeAll(closes));
  return owner;
}

async function closeAll(closes: (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (let close = closes.pop(); close; close = closes.pop()) {
    try {
      await close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
