// Workers that deliver webhooks on an engine, a consumer they deliver to, and the events they are given.
import assert from 'node:assert/strict';
import { type Engine, endProcess, FakeClock, type Process, startJobs, withMethods } from '@danmux/testkit/engines';
import { announceMember, eventually } from '@danmux/testkit/unit';
import { secret, WebhookConsumer } from '@danmux/testkit/webhook-consumer';
import { EventWriter, readCircuit, Webhooks } from '@danmux/webhooks';
import { WebhookWork } from '../../src/delivery/webhook-work.ts';

export interface WebhookFixture {
  readonly clock: FakeClock;
  readonly consumer: WebhookConsumer;
  readonly workers: readonly WebhookWork[];
  readonly process: Process;
  readonly webhooks: Webhooks;
  readonly events: EventWriter;
  /** A message of each id was sent to the room. */
  sent(room: string, ...ids: string[]): Promise<void>;
  /** Every worker looks what waits. */
  sweep(): Promise<void>;
  /** Lets the time pass in steps of a second, each with a sweep, until the check holds. */
  passUntil(check: () => unknown): Promise<void>;
  /** The workers end, after which nothing of theirs is stored any more, as when they were killed; others of the same store take over. */
  replaceWorkers(options?: Pick<FixtureOptions, 'targets'>): Promise<void>;
  /** Until the target failed and waits. */
  untilOpen(target?: string): Promise<void>;
}

export interface FixtureOptions {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly workers?: number;
  /** Instead of one `default` target. */
  readonly targets?: (url: string) => readonly object[];
}

export async function openWebhooks(engine: Engine, { set = {}, workers: count = 2, targets }: FixtureOptions = {}): Promise<WebhookFixture> {
  const clock = new FakeClock();
  const consumer = new WebhookConsumer(true);
  await consumer.start();
  const processes = await engine.processes(
    count,
    {
      ...(targets ? { 'webhooks.targets': targets(consumer.url) } : { 'webhooks.url': consumer.url, 'webhooks.secret': secret }),
      ...{ 'webhooks.allow_http': true, 'webhooks.allow_addresses': ['127.0.0.0/8'] },
      // Long enough for a busy machine; a room whose request timed out waits by the fake clock.
      ...{ 'webhooks.timeout_ms': 8_000, ...set },
    },
    clock,
  );
  let killed = false;
  const mortal = (bus: Process['bus']) => {
    const write: typeof bus.cursors.write = (...cursors) => (killed ? Promise.reject(new Error('killed')) : bus.cursors.write(...cursors));
    return withMethods(bus, { cursors: withMethods(bus.cursors, { write }) });
  };
  const workers = processes.map(({ runtime, bus, jobs }) => new WebhookWork(runtime, mortal(bus), jobs));
  const replaceWorkers = async ({ targets: others }: Pick<FixtureOptions, 'targets'> = {}) => {
    killed = true;
    for (const worker of workers.splice(0)) await worker.drain();
    killed = false;
    for (const { runtime, bus, jobs } of processes) {
      const config = others ? { ...runtime.config, webhooks: { ...runtime.config.webhooks, targets: others(consumer.url) as never } } : runtime.config;
      const worker = new WebhookWork({ ...runtime, config }, mortal(bus), jobs);
      workers.push(worker);
      await announceMember(bus, workerId(runtime.node), config);
      await worker.start();
    }
  };
  await Promise.all(processes.map(startJobs));
  for (const { runtime, bus } of processes) await announceMember(bus, workerId(runtime.node), runtime.config);
  for (const worker of workers) await worker.start();
  const [first] = processes as [Process];
  const events = new EventWriter(first.runtime, first.bus);
  opened.push(async () => {
    for (const worker of workers) await worker.drain();
    for (const { runtime, bus } of processes) await bus.members.leave(workerId(runtime.node)).catch(() => undefined);
    await Promise.all(processes.map(endProcess));
    for (const worker of workers) await worker.stop();
    await consumer.stop();
  });
  const sweep = async () => void (await Promise.all(workers.map((worker) => worker.look())));
  return {
    ...{ clock, consumer, workers, process: first, sweep, events, replaceWorkers },
    webhooks: new Webhooks(first.runtime, first.bus, first.jobs),
    sent: async (room, ...ids) => {
      for (const id of ids) await events.emit(room, 'message.sent', { messages: [{ id, lane: 'chat', offset: 1, type: 'chat', data: {}, ts: clock.now() }] });
    },
    passUntil: (check) =>
      eventually(
        async () => {
          clock.advance(1_000);
          await sweep();
          await check();
        },
        { timeoutMs: 20_000 },
      ),
    untilOpen: (target = 'default') =>
      eventually(async () => {
        const { circuit } = await readCircuit(first.bus.records, target);
        assert.ok(circuit?.state === 'open' && circuit.retry_at > clock.now(), 'the circuit is open');
      }),
  };
}

const workerId = (node: string) => `worker@${node}`;

const opened: (() => Promise<void>)[] = [];

/** Ends all that the tests opened, whatever became of them. */
export async function closeWebhooks(): Promise<void> {
  for (const close of opened.splice(0)) await close();
}
