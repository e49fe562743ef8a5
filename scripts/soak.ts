// `npm run soak -- --minutes 25`: runs a cluster on Redis under churn and samples it. It prints the growth of heaps, descriptors, Redis memory
// and keys without a TTL. It exits with 1 when one grows faster than allowed, or when 1 % of the requests fail.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backendOf, edgeUrls, ProcessCluster } from '@danmux/testkit';
import { Redis } from 'ioredis';
import { type Weighed, weighKeys } from './redis-memory/weigh-keys.ts';
import { Churn } from './soak/churn.ts';
import { sampleNode, sampleRedis } from './soak/sampler.ts';
import { grows, type Sample, slopeOf } from './soak/slope.ts';

/** Allowed growth per hour, by suffix of the series' name; other series are printed only. */
const allowed: readonly (readonly [ending: string, perHour: number])[] = [
  ['heap MB', 6],
  ['descriptors', 6],
  ['resources', 6],
  ['redis MB', 3],
  ['without TTL', 10],
];
/** Share of the run before samples count. */
const warmUp = 0.3;
const samples = 40;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '25' } } });
const minutes = Number(values.minutes);
if (!(minutes >= 1 && minutes <= 24 * 60)) {
  console.error(`--minutes must be a number from 1 to 1440, not "${values.minutes}"`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'dm-soak-'));
const receiver = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(204).end());
});
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', () => resolve()));
const cluster = await ProcessCluster.start({
  env: {
    DANMUX_LOG_LEVEL: 'error',
    NODE_OPTIONS: `--import ${new URL('soak/heap-reporter.mjs', import.meta.url).pathname}`,
    SOAK_HEAP_DIR: folder,
    DANMUX_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    DANMUX_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
  },
  set: ['webhooks.allow_http=true', 'webhooks.allow_addresses=["127.0.0.0/8"]', 'jobs.kept_ms=60000', 'edge.send_per_minute=6000', 'api.audit_entries=1000'],
});
const redis = new Redis(cluster.redis.port, '127.0.0.1');
try {
  process.exitCode = (await soak()) ? 0 : 1;
} finally {
  redis.disconnect();
  await cluster.stop();
  receiver.close();
  receiver.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
}

async function soak(): Promise<boolean> {
  const churn = new Churn({ apiUrl: cluster.of('api')[0]?.url ?? '', edgeUrls: edgeUrls(cluster), backend: backendOf(cluster) });
  await churn.start();
  const startedAt = performance.now();
  const hours = () => (performance.now() - startedAt) / 3_600_000;
  const series = new Map<string, Sample[]>();
  let endless: readonly string[] = [];
  let warm: ReadonlyMap<string, Weighed> | undefined;
  while (hours() < minutes / 60) {
    await pause((minutes * 60_000) / samples);
    churn.forget();
    const ofRedis = await sampleRedis(redis);
    endless = ofRedis.endless;
    const taken = [...(await Promise.all(cluster.nodes.map((node) => sampleNode(node, folder)))), ofRedis.values];
    for (const [name, value] of taken.flatMap((each) => [...each])) series.set(name, [...(series.get(name) ?? []), { at: hours(), value }]);
    if (hours() * 60 >= minutes * warmUp) warm ??= await weighKeys(redis);
    const last = (name: string) => series.get(name)?.at(-1)?.value ?? 0;
    console.log(
      `${(hours() * 60).toFixed(1).padStart(6)} min  redis ${last('redis MB').toFixed(1)} MB, ${last('redis keys')} keys, ${last('redis keys without TTL')} without TTL; ${churn.done} done`,
    );
  }
  await churn.stop();
  for (const [text, count] of churn.failures) console.log(`failed ${count} times: ${text}`);
  printKinds(warm ?? new Map(), await weighKeys(redis));
  printKeys(endless);
  return printSlopes(series) && churn.done > 0 && [...churn.failures.values()].reduce((sum, count) => sum + count, 0) < churn.done / 100;
}

/** Returns true when every series stays within its allowed growth. */
function printSlopes(series: ReadonlyMap<string, readonly Sample[]>): boolean {
  console.log(`\n${'what'.padEnd(26)}${'mean'.padStart(10)}${'an hour'.padStart(12)}${'± error'.padStart(10)}${'allowed'.padStart(10)}`);
  let flat = true;
  for (const [name, all] of series) {
    const slope = slopeOf(all.filter(({ at }) => at * 60 >= minutes * warmUp));
    const limit = allowed.find(([ending]) => name.endsWith(ending))?.[1];
    const grown = limit !== undefined && grows(slope, limit);
    if (grown) flat = false;
    const numbers = [slope.mean.toFixed(2).padStart(10), slope.perHour.toFixed(2).padStart(12), slope.error.toFixed(2).padStart(10)];
    console.log(`${name.padEnd(26)}${numbers.join('')}${String(limit ?? '-').padStart(10)}${grown ? '   GROWS' : ''}`);
  }
  return flat;
}

/** Prints the memory of Redis by kind of key, after the warm-up and at the end. */
function printKinds(warm: ReadonlyMap<string, Weighed>, end: ReadonlyMap<string, Weighed>): void {
  console.log(`\n${'kind of key'.padEnd(16)}${'KB after warm-up'.padStart(18)}${'KB at the end'.padStart(16)}${'keys'.padStart(8)}`);
  const kilobytes = (weighed: Weighed | undefined) => ((weighed?.bytes ?? 0) / 1_024).toFixed(0);
  for (const [kind, weighed] of [...end].sort(([, a], [, b]) => b.bytes - a.bytes))
    console.log(`${kind.padEnd(16)}${kilobytes(warm.get(kind)).padStart(18)}${kilobytes(weighed).padStart(16)}${String(weighed.keys).padStart(8)}`);
}

/** Prints the number of keys without a TTL by form, with numbers and ids replaced. */
function printKeys(names: readonly string[]): void {
  const forms = new Map<string, number>();
  for (const name of names) {
    const form = name.replace(/[0-9A-HJKMNP-TV-Z]{20,}|[0-9a-f]{16,}|\d+/g, '#');
    forms.set(form, (forms.get(form) ?? 0) + 1);
  }
  console.log('\nkeys without a TTL:');
  for (const [form, count] of [...forms].sort(([, a], [, b]) => b - a).slice(0, 40)) console.log(`${String(count).padStart(8)}  ${form}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
