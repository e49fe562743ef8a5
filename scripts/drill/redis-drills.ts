// The drills that inject faults into Redis; `does` describes each.
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from '@danmux/testkit';
import type { Drill, Scene } from './drill.ts';
import { RedisMaster } from './redis-master.ts';

const execute = promisify(exec);
const shown = ({ host, port }: { host: string; port: number }) => `${host}:${port}`;

export const redisDrills = {
  'redis-cut': {
    does: 'pauses Redis for 5 s (CLIENT PAUSE), on a Redis Cluster the master of the room',
    run: async ({ config, room }) => {
      const master = new RedisMaster(config, room);
      const node = await master.address();
      console.log(`${shown(node)} is paused for 5 s`);
      await master.command(node, 'CLIENT', 'PAUSE', 5_000, 'ALL');
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    },
  },
  'redis-restart': {
    does: 'ends a single Redis (SHUTDOWN SAVE), then runs the command of --start, which is required',
    run: async (scene) => {
      if (!scene.start) throw new Error('redis-restart needs --start "COMMAND" to start Redis again ("true" if a supervisor does)');
      const master = new RedisMaster(scene.config, scene.room);
      if (master.target.mode !== 'single') throw new Error('redis-restart works on a single Redis; use sentinel-failover or cluster-master-loss');
      await shutDown(master, await master.address(), 'SAVE');
      await startAgain(scene, master);
    },
  },
  'sentinel-failover': {
    does: 'pauses the master of a Sentinel group (CLIENT PAUSE) until the sentinels promote a replica and demote it',
    run: async ({ config, room }) => {
      const master = new RedisMaster(config, room);
      if (master.target.mode !== 'sentinel') throw new Error('sentinel-failover needs REDIS_URL=redis+sentinel://…');
      const node = await master.address();
      const pauseMs = (await master.downAfterMs()) + 20_000;
      const began = performance.now();
      await master.command(node, 'CLIENT', 'PAUSE', pauseMs, 'ALL');
      console.log(`${shown(node)} is paused`);
      const promoted = await eventually(
        async () => {
          const now = await master.address();
          if (shown(now) === shown(node)) throw new Error(`the sentinels still name ${shown(node)}`);
          return now;
        },
        { timeoutMs: pauseMs, everyMs: 100 },
      );
      console.log(`${shown(promoted)} was promoted after ${Math.round(performance.now() - began)} ms`);
    },
  },
  'cluster-master-loss': {
    does: 'ends the Redis Cluster master of the room (SHUTDOWN NOSAVE) if it has a replica; start it again by --start or by hand',
    run: async (scene) => {
      const master = new RedisMaster(scene.config, scene.room);
      if (master.target.mode !== 'cluster') throw new Error('cluster-master-loss needs REDIS_URL=redis+cluster://…');
      const node = await master.address();
      const replication = String(await master.command(node, 'INFO', 'replication'));
      if (!/slave0:.*state=online/.test(replication)) throw new Error(`${shown(node)} has no synchronized replica: its slots would be lost`);
      const began = performance.now();
      await shutDown(master, node, 'NOSAVE');
      const promoted = await eventually(
        async () => {
          const now = await master.address();
          if (shown(now) === shown(node)) throw new Error(`${shown(node)} still holds the room`);
          return now;
        },
        { timeoutMs: 60_000, everyMs: 100 },
      );
      console.log(`${shown(promoted)} was promoted after ${Math.round(performance.now() - began)} ms`);
      if (scene.start) await execute(scene.start);
    },
  },
} as const satisfies Record<string, Drill>;

async function shutDown(master: RedisMaster, node: { host: string; port: number }, how: 'SAVE' | 'NOSAVE'): Promise<void> {
  console.log(`${shown(node)} is shut down`);
  const answer = await master.command(node, 'SHUTDOWN', how).catch((error: Error) => error);
  // On success Redis closes the connection; an answer is a refusal.
  if (answer instanceof Error && !/closed|reset|EPIPE/i.test(answer.message)) throw answer;
}

async function startAgain({ start = '' }: Scene, master: RedisMaster): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await execute(start);
  const node = await master.address();
  await eventually(() => master.command(node, 'PING'), { timeoutMs: 120_000, everyMs: 200 });
  console.log(`${shown(node)} is back`);
}
