// `npm run redis-memory`: measures the memory of each kind of key that danmux stores, with a Redis and a cluster of its own. It sends
// a known load through the admin API and real viewers, weighs every key, and compares the growth of Redis with the formula of
// docs/operations.md. It fails when the formula is more than 25 % off.

import { Backend, ProcessCluster, TestViewer, testSecrets } from '@danmux/testkit';
import { Redis } from 'ioredis';
import { formulaBytes, type Load } from './redis-memory/formula.ts';
import { kinds } from './redis-memory/key-kinds.ts';
import { type Weighed, weighKeys } from './redis-memory/weigh-keys.ts';

const load = {
  quietRooms: 2_000,
  giftsOfOneRoom: 1_000,
  chatsOfOneRoom: 300,
  keyedPosts: 1_000,
  keyedBatches: 5,
  receipts: 300,
  viewers: 500,
  sanctions: 500,
};
const batchRows = 1_000;
const gift = (id: string) => ({ type: 'gift', id, from: { id: 'u1', name: '小明' }, data: { gift: 'rocket', name: '火箭', count: 1 } });

const cluster = await ProcessCluster.start({ edges: 1, relays: 1, env: { DANMUX_LOG_LEVEL: 'warn' } });
const redis = new Redis(cluster.redis.port, '127.0.0.1');
const api = new Backend(cluster.of('api')[0]?.url ?? '', testSecrets.DANMUX_API_KEY);
const viewers: TestViewer[] = [];
try {
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  for (const viewer of viewers) viewer.close();
  redis.disconnect();
  await cluster.stop();
}

async function measure(): Promise<boolean> {
  const before = await usedBytes();
  await send();
  await settled();
  const grown = (await usedBytes()) - before;
  printKinds(await weighKeys(redis));
  const expected = formulaBytes(loadOf());
  const ratio = expected / grown;
  console.log(`\nRedis empty: ${megabytes(before)} MB; growth: ${megabytes(grown)} MB; formula: ${megabytes(expected)} MB, over growth: ${ratio.toFixed(2)}`);
  return ratio > 0.75 && ratio < 1.25;
}

async function send(): Promise<void> {
  await each(load.quietRooms, (index) => post(`/v1/rooms/quiet:${index}/messages`, gift(`q${index}`)));
  await each(load.giftsOfOneRoom, (index) => post('/v1/rooms/busy/messages', gift(`g${index}`)));
  await each(load.chatsOfOneRoom, (index) => post('/v1/rooms/busy/messages', { type: 'chat', data: { text: `第 ${index} 条弹幕` } }));
  await each(load.keyedPosts, (index) => post('/v1/rooms/busy/messages', { ...gift(`k${index}`) }, `key-${index}`));
  const messages = Array.from({ length: batchRows }, () => ({ room: 'busy', type: 'like', data: { count: 1 } }));
  await each(load.keyedBatches, (index) => post('/v1/messages/batch', { messages }, `batch-${index}`));
  await each(load.receipts, (index) => post('/v1/rooms/busy/messages', { ...gift(`r${index}`), receipt: true }));
  await each(load.sanctions, (index) => put(`/v1/rooms/busy/mutes/user-${index}`, { for_ms: 3_600_000, reason: '刷屏' }));
  const { token } = (await api.post('/v1/tokens', { sub: 'viewer' })).body as { token: string };
  const urls = cluster.of('edge').map(({ url }) => url);
  for (let index = 0; index < load.viewers; index++) viewers.push(new TestViewer({ urls, room: `live:${index % 10}`, token, history: 0 }));
  await Promise.all(viewers.map((viewer) => viewer.joined()));
}

/** Resolves six seconds after the ingress is empty. Traces, traffic and presence have been written by then. */
async function settled(): Promise<void> {
  for (;;) {
    const lengths = await Promise.all((await redis.keys('*:in:*')).map((key) => redis.xlen(key)));
    if (lengths.every((length) => length === 0)) break;
    await pause(200);
  }
  await pause(6_000);
}

function printKinds(weights: ReadonlyMap<string, Weighed>): void {
  console.log(`${'kind of key'.padEnd(22)}${'keys'.padStart(8)}${'bytes a key'.padStart(13)}${'KB'.padStart(10)}   what it is`);
  for (const [kind, { keys, bytes }] of [...weights].sort(([, a], [, b]) => b.bytes - a.bytes)) {
    const does = kinds.find(({ name }) => name === kind)?.does ?? '';
    console.log(`${kind.padEnd(22)}${String(keys).padStart(8)}${(bytes / keys).toFixed(0).padStart(13)}${(bytes / 1_024).toFixed(1).padStart(10)}   ${does}`);
  }
}

function loadOf(): Load {
  const gifts = load.quietRooms + load.giftsOfOneRoom + load.keyedPosts + load.receipts;
  return {
    rooms: load.quietRooms + 1 + 10,
    lanes: [
      ...Array.from({ length: load.quietRooms }, () => ({ kept: 1, messageBytes: 190 })),
      { kept: gifts - load.quietRooms, messageBytes: 190 },
      { kept: 200, messageBytes: 130 },
    ],
    knownIds: gifts + load.keyedBatches * batchRows,
    traces: Math.min(gifts, 1_000),
    keyedPosts: load.keyedPosts,
    keyedBatches: load.keyedBatches,
    receipts: load.receipts,
    viewers: load.viewers,
    recordFields: load.sanctions,
    trafficRooms: load.quietRooms + 1,
    auditRows: gifts + load.chatsOfOneRoom + load.keyedBatches + load.sanctions,
  };
}

async function post(path: string, body: object, key?: string): Promise<void> {
  await call('POST', path, body, key === undefined ? {} : { 'idempotency-key': key });
}

async function put(path: string, body: object): Promise<void> {
  await call('PUT', path, body, {});
}

async function call(method: string, path: string, body: object, headers: Record<string, string>): Promise<void> {
  const response = await fetch(`${cluster.of('api')[0]?.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${testSecrets.DANMUX_API_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

/** Runs `work` for 0 to `count` - 1, at most 32 at a time. */
async function each(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

async function usedBytes(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(2);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
