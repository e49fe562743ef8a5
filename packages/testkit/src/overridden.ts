// Wraps a bus so that a test can replace single methods at any time. Other methods call the real bus.
import type { Bus } from '@danmux/bus';

type Nouns = Omit<Bus, 'engine' | 'start' | 'stop' | 'health' | 'sweep'>;

/** Replacement methods for each part of the bus. The wrapper looks them up at every call, so a test may set and delete them at any time. */
export type BusOverrides = { -readonly [Noun in keyof Nouns]: { -readonly [Method in keyof Nouns[Noun]]?: Nouns[Noun][Method] } };

export function noOverrides(): BusOverrides {
  return {
    ...{ ingress: {}, streams: {}, frames: {}, leases: {}, presence: {}, members: {}, claims: {}, ledger: {} },
    ...{ records: {}, cursors: {}, events: {}, logs: {}, receipts: {}, traces: {}, traffic: {} },
  };
}

/** Wraps `bus`; methods that are not in `overrides` call the real bus. */
export function overridden<T extends Bus>(bus: T, overrides: Partial<BusOverrides>): T {
  const nouns = new Map<PropertyKey, object>();
  return new Proxy(bus, {
    get: (target, name) => {
      const real: unknown = Reflect.get(target, name, target);
      if (typeof real === 'function') return real.bind(target);
      if (typeof real !== 'object' || real === null) return real;
      const noun = nouns.get(name) ?? overriddenNoun(real, () => (overrides as Record<PropertyKey, object | undefined>)[name]);
      nouns.set(name, noun);
      return noun;
    },
  });
}

function overriddenNoun(real: object, override: () => object | undefined): object {
  return new Proxy(real, {
    get: (target, name) => {
      const replacement: unknown = Reflect.get(override() ?? {}, name);
      if (replacement !== undefined) return replacement;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Called instead of each method. `method` is a path like `streams.commit`, or `sweep` for a method of the bus; `run` makes the real call. */
export type Interceptor = (method: string, run: () => Promise<unknown>, args: readonly unknown[]) => unknown;

export function intercepted<T extends Bus>(bus: T, intercept: Interceptor): T {
  const watch = <P extends object>(part: P, path: string): P =>
    new Proxy(part, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value === 'function') return (...args: unknown[]) => intercept(`${path}${String(name)}`, async () => value.apply(target, args), args);
        return path === '' && typeof value === 'object' && value !== null ? watch(value, `${String(name)}.`) : value;
      },
    });
  return watch(bus, '');
}
