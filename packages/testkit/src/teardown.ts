// Runs cleanup functions when their owner ends, in reverse order of registration. The owner is usually a test context. A hook ends before its
// test does, so code in a hook uses `ownerOf(after)` or `ownerOf(afterEach)`.

/**
 * The owner of a resource, at whose end the resource is closed: a test context, `ownerOf(hook)`, or `{ after }` of node:test. `{ after }` stands
 * for the running test or hook, and for the file when none runs.
 */
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

/**
 * Makes an owner that ends when `hook` runs. `ownerOf(after)` ends with the file or suite in which it is called, `ownerOf(afterEach)` with each
 * test of that file or suite.
 */
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
