// Tests of the lifecycle: its order, and signals and exit codes in a real child process.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { Lifecycle } from '../src/lifecycle.ts';
import { createLogger } from '../src/logger.ts';
import type { Part } from '../src/part.ts';

const log = createLogger({ level: 'silent', role: 'test', node: 'test', destination: { write: () => {} } });

function part(name: string, steps: string[], broken: Partial<Record<'start' | 'drain' | 'stop', () => Promise<void>>> = {}): Part {
  const step = (verb: 'start' | 'drain' | 'stop') => async () => {
    steps.push(`${verb} ${name}`);
    await broken[verb]?.();
  };
  return { name, start: step('start'), drain: step('drain'), stop: step('stop') };
}

function lifecycle(drainTimeoutMs = 1_000) {
  const exits: number[] = [];
  return { exits, life: new Lifecycle({ log, drainTimeoutMs, exit: (code) => void exits.push(code) }) };
}

test('parts start in order; then all drain and all stop in reverse order', async () => {
  const steps: string[] = [];
  const { life, exits } = lifecycle();
  life.add(part('a', steps)).add(part('b', steps));
  await life.start();
  await life.end('test', 0);
  assert.deepEqual(steps, ['start a', 'start b', 'drain b', 'drain a', 'stop b', 'stop a']);
  assert.deepEqual(exits, [0]);
});

test('a part without drain is stopped', async () => {
  const steps: string[] = [];
  const { life, exits } = lifecycle();
  const { drain: _, ...plain } = part('a', steps);
  life.add(plain).add(part('b', steps));
  await life.start();
  await life.end('test', 0);
  assert.deepEqual(steps, ['start a', 'start b', 'drain b', 'stop b', 'stop a']);
  assert.deepEqual(exits, [0]);
});

test('a second end has no effect, and the first exit code is used', async () => {
  const steps: string[] = [];
  const { life, exits } = lifecycle();
  life.add(part('a', steps));
  await life.start();
  await Promise.all([life.end('first', 1), life.end('second', 0)]);
  assert.deepEqual(steps, ['start a', 'drain a', 'stop a']);
  assert.deepEqual(exits, [1]);
});

test('the other parts drain when one part fails to drain', async () => {
  const steps: string[] = [];
  const { life, exits } = lifecycle();
  const boom = () => Promise.reject(new Error('boom'));
  life.add(part('a', steps)).add(part('b', steps, { drain: boom, stop: boom }));
  await life.start();
  await life.end('test', 0);
  assert.deepEqual(steps, ['start a', 'start b', 'drain b', 'drain a', 'stop b', 'stop a']);
  assert.deepEqual(exits, [0]);
});

test('a drain that hangs times out, and all parts are stopped', async () => {
  const steps: string[] = [];
  const { life, exits } = lifecycle(1);
  life.add(part('a', steps)).add(part('b', steps, { drain: () => new Promise(() => {}) }));
  await life.start();
  await life.end('test', 0);
  assert.deepEqual(steps, ['start a', 'start b', 'drain b', 'stop b', 'stop a']);
  assert.deepEqual(exits, [0]);
});

test('a stop that hangs times out', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { life, exits } = lifecycle();
  const steps: string[] = [];
  const hanging = new Promise<void>((resolve) => {
    life.add(
      part('a', steps, {
        stop: () => {
          resolve();
          return new Promise(() => {});
        },
      }),
    );
  });
  await life.start();
  const ended = life.end('test', 0);
  await hanging;
  await new Promise(setImmediate);
  t.mock.timers.tick(3_000);
  await ended;
  assert.deepEqual(exits, [0]);
});

test('after an end during the start, no further part starts', async () => {
  const steps: string[] = [];
  const { life } = lifecycle();
  life.add(part('a', steps, { start: () => life.end('test', 0) })).add(part('b', steps));
  await life.start();
  assert.ok(!steps.includes('start b'));
});

test('an end during the start drains and stops started parts, only stops the part that is starting, and ignores the rest', async () => {
  const steps: string[] = [];
  const { life, exits } = lifecycle();
  let started = () => {};
  const setStarted = (resolve: () => void) => {
    started = resolve;
  };
  const starting = part('b', steps, { start: () => new Promise((resolve) => setStarted(resolve)) });
  life.add(part('a', steps)).add(starting).add(part('c', steps));
  const whole = life.start();
  await new Promise(setImmediate);
  await life.end('test', 0);
  started();
  assert.equal(await whole, false);
  assert.deepEqual([steps, exits], [['start a', 'start b', 'drain a', 'stop b', 'stop a'], [0]]);
});

test('the exit waits for the last log lines with a timeout', async (t) => {
  for (const stands of [false, true]) {
    const flushes: (() => void)[] = [];
    const destination = { write: () => {}, flush: (done: () => void) => void flushes.push(done) };
    const exits: number[] = [];
    const life = new Lifecycle({
      log: createLogger({ level: 'info', role: 'test', node: 'n', destination }),
      drainTimeoutMs: 1,
      exit: (code) => exits.push(code),
    });
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const ended = life.end('test', 0);
    while (flushes.length === 0) await new Promise(setImmediate);
    assert.deepEqual(exits, []);
    if (stands) t.mock.timers.tick(500);
    else flushes[0]?.();
    await ended;
    assert.deepEqual(exits, [0]);
    t.mock.timers.reset();
  }
});

test('start rejects when a part fails to start', async () => {
  const { life } = lifecycle();
  life.add(part('a', [], { start: () => Promise.reject(new Error('port taken')) }));
  await assert.rejects(life.start(), /port taken/);
});

// The child process prints each lifecycle step; `then` is code that runs after the start.
const program = (then: string) => `
  import { Lifecycle } from ${JSON.stringify(new URL('../src/lifecycle.ts', import.meta.url).href)};
  import { createLogger } from ${JSON.stringify(new URL('../src/logger.ts', import.meta.url).href)};
  import { LogOutput } from ${JSON.stringify(new URL('../src/log-output.ts', import.meta.url).href)};
  const keep = setInterval(() => {}, 1000);
  const say = (line) => console.log(line);
  const part = { name: 'a', async start() { say('start') }, async drain() { say('drain') }, async stop() { clearInterval(keep); say('stop') } };
  const life = new Lifecycle({ log: createLogger({ level: 'fatal', role: 'test', node: 'n', destination: new LogOutput({ bufferBytes: 65536 }) }), drainTimeoutMs: 2000 }).add(part);
  life.handleSignals();
  await life.start();
  ${then}`;

function run(then: string) {
  const args = ['--conditions=source', '--import', 'tsx', '--input-type=module', '-e', program(then)];
  const child = spawn(process.execPath, args, { cwd: new URL('..', import.meta.url).pathname, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return { child, ready: once(child, 'message'), closed: once(child, 'close'), output: () => output };
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) {
  test(`${signal} drains, stops and exits with 0, after sending ready`, async () => {
    const { child, ready, closed, output } = run('');
    assert.deepEqual((await ready)[0], 'ready');
    child.kill(signal);
    assert.deepEqual(await closed, [0, null]);
    assert.equal(output(), 'start\ndrain\nstop\n');
  });
}

const drainsFor = (ms: number) => `part.drain = () => new Promise((resolve) => { say('drain'); setTimeout(resolve, ${ms}) })`;

async function sends(
  child: ReturnType<typeof run>,
  ...signals: readonly (readonly [afterMs: number, signal: NodeJS.Signals])[]
): Promise<[number, NodeJS.Signals | null]> {
  await child.ready;
  for (const [afterMs, signal] of signals) {
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    child.child.kill(signal);
  }
  return (await child.closed) as [number, NodeJS.Signals | null];
}

test('a second SIGINT one second after the first exits immediately with 130', async () => {
  const child = run(drainsFor(60_000));
  // 130 is the status of the second signal only: a drain that times out exits with 0.
  assert.deepEqual(await sends(child, [0, 'SIGINT'], [1_200, 'SIGINT']), [130, null]);
});

test('a SIGINT repeated immediately, and other repeated signals, do not cut the drain short', async () => {
  const child = run(drainsFor(1_500));
  assert.deepEqual(await sends(child, [0, 'SIGINT'], [50, 'SIGINT'], [1_100, 'SIGTERM'], [20, 'SIGHUP']), [0, null]);
  assert.match(child.output(), /drain\nstop\n$/);
});

test('the shutdown message of pm2 drains, stops and exits with 0', async () => {
  const { child, ready, closed, output } = run('');
  await ready;
  child.send('shutdown');
  assert.deepEqual(await closed, [0, null]);
  assert.equal(output(), 'start\ndrain\nstop\n');
});

for (const [kind, then] of [
  ['an uncaught exception', "setTimeout(() => { throw new Error('boom') }, 0)"],
  ['an unhandled rejection', "void Promise.reject(new Error('boom'))"],
] as const) {
  test(`${kind} is logged, drains and exits with 1`, async () => {
    const { closed, output } = run(then);
    assert.deepEqual(await closed, [1, null]);
    // The log is written asynchronously, so only its presence is certain, not its order relative to the steps.
    const lines = output().trim().split('\n');
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('{')),
      ['start', 'drain', 'stop'],
    );
    assert.match(lines.find((line) => line.startsWith('{')) ?? '', /"level":"fatal".*boom.*draining"/);
  });
}

test('a drain that waits only for a promise still exits with the right code', async () => {
  const { closed } = run("part.drain = () => new Promise(() => {}); clearInterval(keep); process.disconnect(); void Promise.reject(new Error('boom'))");
  assert.deepEqual(await closed, [1, null]);
});
