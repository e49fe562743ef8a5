// Starts a Redis server pinned to the servers' core.
import { execFileSync } from 'node:child_process';
import { type RedisServer, startRedis } from '@danmux/testkit';
import { Redis } from 'ioredis';

export interface PinnedRedis extends RedisServer {
  readonly pid: number;
}

export async function startPinnedRedis(core: number | undefined): Promise<PinnedRedis> {
  const server = await startRedis();
  try {
    const pid = await pidOf(server.url);
    if (core !== undefined) execFileSync('taskset', ['-a', '-cp', String(core), String(pid)], { stdio: 'ignore' });
    return { ...server, pid };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function pidOf(url: string): Promise<number> {
  const redis = new Redis(url);
  try {
    return Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
  } finally {
    redis.disconnect();
  }
}
