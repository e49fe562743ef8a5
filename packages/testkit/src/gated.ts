// Wraps a bus, or any object with methods, so that a test can delay, fail or replace chosen calls. Other calls go to the real object. A
// call is named by its path: `streams.append`, or `append` for a method of the object itself.

type Method = (...args: never[]) => unknown;
type NamesIn<T, Prefix extends string> = { [K in keyof T & string]: T[K] extends Method ? `${Prefix}${K}` : never }[keyof T & string];

/** Names of the methods of `T` and of its nested objects, such as `start` and `records.get`. */
export type CallName<T> = { [K in keyof T & string]: T[K] extends Method ? K : T[K] extends object ? NamesIn<T[K], `${K}.`> : never }[keyof T & string];

export type CallOf<T, N extends string> = N extends `${infer Part}.${infer Verb}`
  ? Part extends keyof T
    ? Verb extends keyof T[Part]
      ? Extract<T[Part][Verb], Method>
      : never
    : never
  : N extends keyof T
    ? Extract<T[N], Method>
    : never;

/** A step around a method; `next` calls the real method. */
type Wrapper<F extends Method> = (next: (...args: Parameters<F>) => ReturnType<F>, ...args: Parameters<F>) => ReturnType<F>;
type Step = (next: (...args: unknown[]) => unknown, ...args: unknown[]) => unknown;

export interface HeldCalls {
  /** Resolves when the first delayed call was made. */
  readonly begun: Promise<void>;
  /** Lets the delayed calls and all later ones through. */
  release(): void;
}

export class Gate<T extends object> {
  /** The wrapped object, for the code under test. */
  readonly open: T;
  /** Names of all calls so far, including delayed and failed ones. */
  readonly calls: string[] = [];
  /** While set, every call rejects with this error. */
  away: Error | undefined;
  readonly #steps = new Map<string, Step>();

  constructor(target: T) {
    this.open = this.#proxy(target, '');
  }

  /** Delays calls of this name until they are released; until then they do not reach the real object. */
  hold(name: CallName<T>): HeldCalls {
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    let open = () => {};
    const barrier = new Promise<void>((resolve) => {
      open = resolve;
    });
    const remove = this.#set(name, async (next, ...args) => {
      begin();
      await barrier;
      return next(...args);
    });
    return {
      begun,
      release: () => {
        remove();
        open();
      },
    };
  }

  /** Rejects calls of this name until the returned function is called. */
  fail(name: CallName<T>, error: Error = new Error(`${name} fails`)): () => void {
    return this.#set(name, () => Promise.reject(error));
  }

  /** Calls `method` instead of the real one until the returned function, or `restore`, is called. */
  replace<N extends CallName<T>>(name: N, method: CallOf<T, N>): () => void {
    return this.#set(name, (_, ...args) => (method as (...args: unknown[]) => unknown)(...args));
  }

  /** Calls `step` instead of the real method, which `step` can call, until the returned function, or `restore`, is called. */
  wrap<N extends CallName<T>>(name: N, step: Wrapper<CallOf<T, N>>): () => void {
    return this.#set(name, step as unknown as Step);
  }

  /** Calls of this name reach the real object again; without a name, all calls do. */
  restore(name?: CallName<T>): void {
    if (name === undefined) this.#steps.clear();
    else this.#steps.delete(name);
  }

  count(name: CallName<T>): number {
    return this.calls.filter((call) => call === name).length;
  }

  #set(name: string, step: Step): () => void {
    this.#steps.set(name, step);
    return () => {
      if (this.#steps.get(name) === step) this.#steps.delete(name);
    };
  }

  #proxy<O extends object>(target: O, prefix: string): O {
    const parts = new Map<PropertyKey, object>();
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof name === 'symbol') return value;
        if (typeof value === 'function') return (...args: unknown[]) => this.#call(`${prefix}${name}`, (...passed) => value.apply(target, passed), args);
        if (prefix !== '' || !isPart(value)) return value;
        const part = parts.get(name) ?? this.#proxy(value, `${name}.`);
        parts.set(name, part);
        return part;
      },
    });
  }

  #call(name: string, next: (...args: unknown[]) => unknown, args: unknown[]): unknown {
    this.calls.push(name);
    if (this.away) return Promise.reject(this.away);
    const step = this.#steps.get(name);
    return step ? step(next, ...args) : next(...args);
  }
}

/** Wraps `target`; pass `gated(target).open` to the code under test. */
export function gated<T extends object>(target: T): Gate<T> {
  return new Gate(target);
}

/** True for nested objects to wrap, false for arrays, maps and sets. */
function isPart(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set);
}
