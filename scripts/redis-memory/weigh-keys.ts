// What every key of a Redis takes, by its kind (key-kinds.ts). It changes nothing.
import type { Redis } from 'ioredis';
import { kindOf } from './key-kinds.ts';

export interface Weighed {
  readonly keys: number;
  readonly bytes: number;
}

/** Asks each key for its memory: thousands a second. Names a key of no known kind on the console. */
export async function weighKeys(redis: Redis): Promise<Map<string, Weighed>> {
  const weights = new Map<string, Weighed>();
  for await (const keys of redis.scanStream({ count: 1_000 }) as AsyncIterable<string[]>) {
    const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
    keys.forEach((key, index) => {
      const kind = kindOf(key);
      if (kind === 'other') console.log(`a key of no known kind: ${key}`);
      const { keys: count, bytes } = weights.get(kind) ?? { keys: 0, bytes: 0 };
      // Null when it ended since it was listed.
      weights.set(kind, { keys: count + 1, bytes: bytes + (sizes[index] ?? 0) });
    });
  }
  return weights;
}
