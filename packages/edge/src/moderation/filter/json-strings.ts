// Visits and replaces the strings in a JSON value at any depth, keys excluded. Uses loops instead of recursion, because a packet may
// nest deeper than the stack.

import { JsonNumber } from '@danmux/runtime';

type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null && !(value instanceof JsonNumber);

/** Visits every string, once per occurrence and in no defined order; `visit` returns true to end. */
export function eachString(value: unknown, visit: (text: string) => boolean): void {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string') {
      if (visit(next)) return;
    } else if (isContainer(next)) {
      for (const item of Array.isArray(next) ? next : Object.values(next)) if (typeof item === 'string' || isContainer(item)) waiting.push(item);
    }
  }
}

/** A copy with each string that is a key of `replaced` replaced by its value. */
export function withStrings(value: unknown, replaced: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return replaced.get(value) ?? value;
  if (!isContainer(value)) return value;
  const copy = shallow(value);
  const waiting: Container[] = [copy];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const [key, item] of Object.entries(next)) {
      if (typeof item === 'string') {
        const other = replaced.get(item);
        if (other !== undefined) put(next, key, other);
      } else if (isContainer(item)) {
        const inner = shallow(item);
        put(next, key, inner);
        waiting.push(inner);
      }
    }
  }
  return copy;
}

const shallow = (value: Container): Container => (Array.isArray(value) ? [...value] : { ...value });

/** Sets a field with `defineProperty`: parsed JSON may have a field `__proto__`, and an assignment would set the prototype instead. */
function put(target: Container, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
