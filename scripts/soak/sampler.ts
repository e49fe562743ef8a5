// Takes the samples of a soak: of each process the heap after a garbage collection, the descriptors and the active handles; of Redis
// the memory, the keys and the keys without a TTL.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterNode, eventually } from '@danmux/testkit';
import type { Redis } from 'ioredis';

const megabyte = 1_048_576;
/** Keys idle for this many seconds are expired early, since a soak is shorter than their lifetime. */
const untouchedS = 60;
const agedMs = 5_000;
/** History and recalled ids of busy rooms are trimmed to this many entries, since their caps are reached only after hours. */
const keptOfBusyRooms = 200;
const page = 1_000;

export type Values = ReadonlyMap<string, number>;

/** `folder` is the folder of the heap reports. */
export async function sampleNode({ name, process }: ClusterNode, folder: string): Promise<Values> {
  const file = join(folder, `${process.pid}.json`);
  rmSync(file, { force: true });
  process.signal('SIGUSR2');
  await eventually(() => existsSync(file) || Promise.reject(new Error(`${name} did not report its heap`)), { timeoutMs: 20_000 });
  const { heapUsed, external, resources } = JSON.parse(readFileSync(file, 'utf8')) as { heapUsed: number; external: number; resources: number };
  return new Map([
    [`${name} heap MB`, (heapUsed + external) / megabyte],
    [`${name} descriptors`, readdirSync(`/proc/${process.pid}/fd`).length],
    [`${name} resources`, resources],
  ]);
}

/**
 * Reads the memory of Redis, the number of keys and the keys without a TTL. It also expires idle keys early and trims streams, so that a soak of
 * minutes reaches the size at which old data expires, which takes a real cluster two hours.
 */
export async function sampleRedis(redis: Redis): Promise<{ values: Values; endless: readonly string[] }> {
  const endless: string[] = [];
  let keys = 0;
  for await (const names of redis.scanStream({ count: page }) as AsyncIterable<string[]>) {
    const asked = redis.pipeline();
    for (const name of names) asked.pttl(name).object('IDLETIME', name);
    const answers = ((await asked.exec()) ?? []).map(([, value]) => value as number | null);
    const aging = redis.pipeline();
    names.forEach((name, index) => {
      const [left, idle] = [answers[2 * index] ?? -2, answers[2 * index + 1] ?? 0];
      if (left === -2) return;
      keys++;
      if (/:room:.*:(control|gift|chat)$/.test(name)) aging.xtrim(name, 'MAXLEN', keptOfBusyRooms);
      else if (/:room:.*:recalled(-parts)?$/.test(name)) aging.zremrangebyrank(name, 0, -keptOfBusyRooms - 1);
      if (left === -1) endless.push(name);
      else if (idle >= untouchedS && left > agedMs) aging.pexpire(name, agedMs);
    });
    await aging.exec();
  }
  const info = await redis.info('memory');
  const bytes = Number(/used_memory:(\d+)/.exec(info)?.[1]);
  const values = new Map([
    ['redis MB', bytes / megabyte],
    ['redis keys', keys],
    ['redis keys without TTL', endless.length],
  ]);
  return { values, endless };
}
