// Measures Redis's CPU per copy of a frame to a subscriber: one channel, several subscribers, frames of twenty messages.
import { eventually } from '@danmux/testkit';
import { Redis } from 'ioredis';
import { usageOf } from '../process/usage.ts';
import { startPinnedRedis } from './pinned-redis.ts';

const subscribers = 20;
const frames = 20_000;
const frameBytes = 3_300;
const channel = 'loadtest:frames';

/** Resolves with CPU seconds per million copies. */
export async function measureRedisCopies(core: number | undefined): Promise<number> {
  const redis = await startPinnedRedis(core);
  const clients = Array.from({ length: subscribers }, () => new Redis(redis.url));
  const publisher = new Redis(redis.url);
  let copies = 0;
  try {
    await Promise.all(clients.map((client) => client.subscribe(channel)));
    for (const client of clients) client.on('message', () => copies++);
    const before = usageOf([redis.pid]).cpuSeconds;
    const frame = 'x'.repeat(frameBytes);
    for (let sent = 0; sent < frames; sent += 100) await Promise.all(Array.from({ length: 100 }, () => publisher.publish(channel, frame)));
    await eventually(() => {
      if (copies < frames * subscribers) throw new Error(`${copies} of ${frames * subscribers} copies arrived`);
    });
    return ((usageOf([redis.pid]).cpuSeconds - before) / copies) * 1e6;
  } finally {
    for (const client of [...clients, publisher]) client.disconnect();
    await redis.stop();
  }
}
