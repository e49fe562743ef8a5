// Measures the latency of single gifts and the throughput of batches through the admin API, without viewers. The api and the relay run on the
// servers' core, Redis and the load generator on the other. A response means that the message is stored; the ledger in Redis confirms the number.
import { eventually, testSecrets } from '@danmux/testkit';
import { usageOf } from '../process/usage.ts';
import { type HttpLoadResult, runHttpLoad } from '../publisher/http-load.ts';
import type { Acceptance, Run, ScenarioReport } from '../report/report.ts';
import { type DanmuxRoles, startDanmuxRoles } from '../servers/danmux-roles.ts';
import { type Ledger, unbalanced } from '../servers/server.ts';
import { type Context, rounded, type Scenario } from './scenario.ts';

const rooms = 20;
const calmRate = 50;
const defaultRate = 1_000;
const batch = 100;
/** Number of concurrent backend workers. */
const connections = 10;
const batchConnections = 4;
const ratioLimit = 10;
const storedLimit = 20_000;
/** Raises the rate limit of the API key beyond reach. */
const settings = ['api.per_minute=100000000'];

interface Measured {
  /** Seconds of each measurement. */
  readonly seconds: number;
  readonly calm: HttpLoadResult;
  readonly loaded: HttpLoadResult;
  readonly batches: HttpLoadResult;
  /** Messages/s according to the ledger. */
  readonly stored: number;
  /** CPU seconds per second of each process during the batches. */
  readonly shares: Readonly<Record<string, number>>;
  readonly ledger: Ledger;
}

/** A typical gift of a backend: about 160 bytes, with its own id. */
function makeGifts(): () => { readonly room: string; readonly gift: object } {
  const run = Date.now().toString(36);
  let number = 0;
  return () => {
    number++;
    const from = { id: `u${number % 5_000}`, name: '小明', level: number % 40 };
    return { room: `live:${number % rooms}`, gift: { type: 'gift', id: `order-${run}-${number}`, from, data: { gift: 'rocket', count: 1, price: 5_000 } } };
  };
}

function single(make: ReturnType<typeof makeGifts>): { path: string; body: string } {
  const { room, gift } = make();
  return { path: `/v1/rooms/${room}/messages`, body: JSON.stringify(gift) };
}

function many(make: ReturnType<typeof makeGifts>): { path: string; body: string } {
  const messages = Array.from({ length: batch }, () => {
    const { room, gift } = make();
    return { room, ...gift };
  });
  return { path: '/v1/messages/batch', body: JSON.stringify({ messages }) };
}

async function measure(server: DanmuxRoles, { seconds = 10, rate = defaultRate, progress }: Context): Promise<Measured> {
  const make = makeGifts();
  const load = { url: server.api, key: testSecrets.DANMUX_API_KEY, seconds };
  const one = { ...load, next: () => single(make) };
  progress('danmux: warming up');
  await runHttpLoad({ ...one, connections, seconds: Math.min(3, seconds) });
  await runHttpLoad({ ...load, connections: batchConnections, next: () => many(make), seconds: Math.min(3, seconds) });
  await settled(server);
  progress(`danmux: ${calmRate} publishes/s`);
  const calm = await runHttpLoad({ ...one, connections: 1, rate: calmRate });
  progress(`danmux: ${rate} publishes/s`);
  const loaded = await runHttpLoad({ ...one, connections, rate });
  await settled(server);
  progress(`danmux: batches of ${batch}`);
  const [before, cpu] = [await acceptedBy(server), cpuOf(server)];
  const batches = await runHttpLoad({ ...load, connections: batchConnections, next: () => many(make) });
  const after = cpuOf(server);
  const stored = ((await acceptedBy(server)) - before) / batches.seconds;
  const shares = Object.fromEntries(Object.entries(cpu).map(([name, used]) => [name, ((after[name] ?? 0) - used) / batches.seconds]));
  return { seconds, calm, loaded, batches, stored, shares, ledger: await settled(server) };
}

const cpuOf = ({ pidOf }: DanmuxRoles) => Object.fromEntries(Object.entries(pidOf).map(([name, pid]) => [name, usageOf([pid]).cpuSeconds]));

async function acceptedBy(server: DanmuxRoles): Promise<number> {
  return (await ledgerOf(server)).accepted['gift'] ?? 0;
}

async function ledgerOf(server: DanmuxRoles): Promise<Ledger> {
  const ledger = await server.ledger();
  if (!ledger) throw new Error('danmux returned no ledger');
  return ledger;
}

/** Waits until the relay has processed all stored messages; resolves with the ledger. */
async function settled(server: DanmuxRoles): Promise<Ledger> {
  return eventually(
    async () => {
      const ledger = await ledgerOf(server);
      const rest = unbalanced(ledger);
      if (rest.length > 0) throw new Error(rest.join('; '));
      return ledger;
    },
    { timeoutMs: 60_000 },
  );
}

function runFrom({ seconds, calm, loaded, batches, stored, shares }: Measured, rate: number): Run {
  const figures = {
    [`p50 ms of a publish, alone at ${calmRate}/s`]: calm.p50,
    'p99 ms of a publish, alone': calm.p99,
    [`p50 ms at ${rate}/s`]: loaded.p50,
    [`p99 ms at ${rate}/s`]: loaded.p99,
    [`publishes/s, of ${rate} asked for`]: loaded.answered / seconds,
    'p99 under load over p50 alone': loaded.p99 / calm.p50,
    [`messages/s stored, in batches of ${batch}`]: stored,
    'p50 ms of a batch': batches.p50,
    'p99 ms of a batch': batches.p99,
    ...Object.fromEntries(Object.entries(shares).map(([name, share]) => [`${name} CPU while batches come`, `${Math.round(share * 100)} %`])),
  };
  return { server: 'danmux', title: 'danmux', figures, windows: [], timeline: [], settled: undefined };
}

function judge({ seconds, calm, loaded, batches, stored, ledger }: Measured, rate: number): Acceptance[] {
  const ratio = loaded.p99 / calm.p50;
  const [asked, answered] = [rate * seconds, loaded.answered];
  const failed = [calm, loaded, batches].flatMap((load) => Object.entries(load.failed)).map(([status, count]) => `${count} × ${status}`);
  const accepted = Object.values(ledger.accepted).reduce((sum, count) => sum + count, 0);
  return [
    {
      what: `p99 of a publish at ${rate}/s, over the p50 at ${calmRate}/s`,
      bound: `≤ ${ratioLimit}×`,
      measured: `${ratio.toFixed(1)}× (${loaded.p99.toFixed(2)} against ${calm.p50.toFixed(2)} ms)`,
      passed: ratio <= ratioLimit,
    },
    {
      what: 'publishes answered',
      bound: `≥ 95 % of ${rate}/s`,
      measured: `${rounded(answered)} of ${rounded(asked)}`,
      passed: answered >= asked * 0.95,
    },
    {
      what: `messages stored before the answer, batches of ${batch}`,
      bound: `≥ ${rounded(storedLimit)}/s`,
      measured: `${rounded(stored)}/s`,
      passed: stored >= storedLimit,
    },
    { what: 'requests refused or lost', bound: 'none', measured: failed.join(', ') || 'none', passed: failed.length === 0 },
    { what: 'the drop ledger balances', bound: 'accepted = sent + shed', measured: `${rounded(accepted)} accepted`, passed: unbalanced(ledger).length === 0 },
  ];
}

export const apiPublish: Scenario = {
  name: 'api-publish',
  does: 'Gifts through the admin API: single requests at a steady rate, then batches back to back; Redis on the core of the load',
  async run(context): Promise<ScenarioReport> {
    const rate = context.rate ?? defaultRate;
    const options = { rooms, 'publishes per second': rate, connections, batch, 'connections of batches': batchConnections };
    const report = { scenario: 'api-publish', does: apiPublish.does, options };
    if (!context.wants('danmux')) return { ...report, runs: [], acceptance: [] };
    const { server: core, clients: storeCore } = context.cores;
    const server = await startDanmuxRoles({ core, storeCore, roles: ['relay', 'api'], set: settings });
    try {
      const measured = await measure(server, context);
      return { ...report, runs: [runFrom(measured, rate)], acceptance: judge(measured, rate) };
    } catch (error) {
      throw new Error(`danmux: ${(error as Error).message}\n${server.output()}`, { cause: error });
    } finally {
      await server.stop();
    }
  },
};
