// Runs cleanup functions when their owner ends, in reverse order of registration. The owner is a test context, or `{ after }` of
// node:test for a whole file.

/** A test context, a suite's context, or the module's `{ after }`. */
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
