// Closes what a test opened, last opened first, when the owner of the test ends: a test's context, or `{ after }` of node:test
// for a whole file.

/** A test context, a suite's context, or the module's `{ after }`. */
export interface Owner {
  after(close: () => unknown): void;
}

const open = new WeakMap<Owner, (() => unknown)[]>();

/** Every close runs, also after one that failed; the first error is thrown. */
export function closeAfter(owner: Owner, close: () => unknown): void {
  const closes = open.get(owner);
  if (closes) return void closes.push(close);
  const first = [close];
  open.set(owner, first);
  owner.after(() => closeAll(first));
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
