// `npm run bench:webhooks`: measures the calls/s of one worker to many webhook targets that answer in 50 ms, the effect of hanging
// targets on the others, and Redis commands/s, idle and under load. A benchmark, not a test: other programs on the core distort it.
// Options: `--targets 1000 --hanging 100 --events 20`.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createBus } from '@danmux/bus';
import { createJobs } from '@danmux/jobs';
import { createRuntime, loadConfig, type Runtime } from '@danmux/runtime';
import { type RedisServer, startRedis } from '@danmux/testkit/unit';
import { EventWriter } from '@danmux/webhooks';
import { WebhookWork } from '../packages/webhooks/src/delivery/webhook-work.ts';

const answerMs = 50;
const longestRunMs = 120_000;
const secret = `whsec_${Buffer.from('a secret of twenty-four bytes').toString('base64')}`;
const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: '1000' },
    hanging: { type: 'string', default: '100' },
    events: { type: 'string', default: '20' },
    role: { type: 'string' },
  },
});

/** Counts calls to `/well/…` and answers them after 50 ms; never answers calls to `/hang/…`. */
function runReceiver(): void {
  let calls = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.startsWith('/hang/')) return;
    setTimeout(() => {
      calls++;
      response.writeHead(204).end();
    }, answerMs);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => process.send?.({ port: (server.address() as { port: number }).port }));
  process.on('message', () => process.send?.({ calls }));
  process.on('disconnect', () => process.exit(0));
}

async function ask(receiver: ChildProcess): Promise<number> {
  const answered = once(receiver, 'message');
  receiver.send('calls');
  const [{ calls }] = (await answered) as [{ calls: number }];
  return calls;
}

function targetsOf(port: number, well: number, hanging: number): object[] {
  const one = (kind: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({ id: `${kind}-${n}`, url: `http://127.0.0.1:${port}/${kind}/${n}`, secret }));
  return [...one('well', well), ...one('hang', hanging)];
}

async function commandsOf(redis: RedisServer, during: () => Promise<void>): Promise<number> {
  const read = async () => Number(/total_commands_processed:(\d+)/.exec(await redis.command('INFO stats'))?.[1]);
  const [before, began] = [await read(), performance.now()];
  await during();
  return ((await read()) - before - 1) / ((performance.now() - began) / 1_000);
}

function runtimeOf(redis: RedisServer, targets: object[]): Runtime {
  const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32), 'log.level': 'silent' };
  const hooks = { 'webhooks.targets': targets, 'webhooks.allow_http': true, 'webhooks.allow_addresses': ['127.0.0.0/8'] };
  const { config } = loadConfig({ environment: 'test', dir: 'none', env: {}, set: { ...secrets, ...hooks, 'redis.url': redis.url } });
  return createRuntime({ config, role: 'bench', version: '0', processMetrics: false });
}

async function measure(title: string, well: number, hanging: number, events: number): Promise<number> {
  const redis = await startRedis();
  const receiver = fork(fileURLToPath(import.meta.url), ['--role', 'receiver'], { execArgv: process.execArgv });
  const [{ port }] = (await once(receiver, 'message')) as [{ port: number }];
  const runtime = runtimeOf(redis, targetsOf(port, well, hanging));
  const bus = createBus(runtime);
  await bus.start();
  const jobs = createJobs(runtime, bus);
  const work = new WebhookWork(runtime, bus, jobs);
  await work.start();
  await wait(3_000);
  const idle = await commandsOf(redis, () => wait(5_000));
  const emitter = new EventWriter(runtime, bus);
  const wanted = well * events;
  let perSecond = 0;
  const load = await commandsOf(redis, async () => {
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    for (let n = 0; n < events; n++) await emitter.emit(`live:${n}`, 'room.users', { joined: [], left: [], online: n });
    let calls = 0;
    while (calls < wanted && performance.now() - began < longestRunMs) {
      await wait(20);
      calls = await ask(receiver);
    }
    perSecond = calls / ((performance.now() - began) / 1_000);
    const { user, system } = process.cpuUsage(cpu);
    const perCall = (user + system) / 1_000 / calls;
    console.log(`${title}: ${calls} of ${wanted} calls, ${perSecond.toFixed(0)} a second, ${perCall.toFixed(2)} ms of CPU each`);
  });
  const { rss } = process.memoryUsage();
  console.log(`  Redis commands a second: ${idle.toFixed(1)} idle, ${load.toFixed(0)} under load; memory ${(rss / 1_048_576).toFixed(0)} MiB`);
  await work.stop();
  await jobs.stop();
  await bus.stop();
  receiver.kill();
  await redis.stop();
  return perSecond;
}

async function main(): Promise<void> {
  const [targets, hanging, events] = [Number(values.targets), Number(values.hanging), Number(values.events)];
  // Measure both cases twice, alternately, and keep the better result of each, so that other programs on the machine affect both alike.
  const [alone, together] = [`${targets} targets that answer in ${answerMs} ms`, `the same beside ${hanging} that hang`];
  let [all, beside] = [0, 0];
  for (let round = 0; round < 2; round++) {
    all = Math.max(all, await measure(alone, targets, 0, events));
    beside = Math.max(beside, await measure(together, targets, hanging, events));
  }
  console.log(`hanging targets slow the others by ${((1 - beside / all) * 100).toFixed(1)} %`);
}

if (values.role === 'receiver') runReceiver();
else await main();
