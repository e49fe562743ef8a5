// Sums up the memory of every key of a Redis by kind (key-kinds.ts). It only reads.
import type { Redis } from 'ioredis';
import { kindOf } from './key-kinds.ts';

export interface Weighed {
  readonly keys: number;
  readonly bytes: number;
}

/** Sends MEMORY USAGE for each key, thousands per second. Prints each key of unknown kind. */
export async function weighKeys(redis: Redis): Promise<Map<string, Weighed>> {
  const weights = new Map<string, Weighed>();
  for await (const keys of redis.scanStream({ count: 1_000 }) as AsyncIterable<string[]>) {
    const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
    keys.forEach((key, index) => {
      const kind = kindOf(key);
      if (kind === 'other') console.log(`key of unknown kind: ${key}`);
      const { keys: count, bytes } = weights.get(kind) ?? { keys: 0, bytes: 0 };
      // Null when the key has expired since the scan.
      weights.set(kind, { keys: count + 1, bytes: bytes + (sizes[index] ?? 0) });
    });
  }
  return weights;
}
