// Starts a real Redis server for a test, with its own port and a temporary folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  readonly dir: string;
  /** Kills the server with SIGKILL, like a crash; resolves when the process has ended. */
  kill(): Promise<void>;
  /** Starts the server again with the same port and folder. */
  start(): Promise<void>;
  /** Stops the process with SIGSTOP: connections stay open without replies until `resume`. */
  pause(): void;
  resume(): void;
  /** The raw reply to one inline command, such as FLUSHALL. */
  command(line: string): Promise<string>;
  /** Number of calls of a command since the server started. */
  calls(command: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a server without persistence; `args` can enable it. */
export async function startRedis({ port: wanted, args = [] }: { port?: number; args?: readonly string[] } = {}): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'danmux-redis-'));
  try {
    return await startIn(dir, wanted, args);
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(dir: string, wanted: number | undefined, args: readonly string[]): Promise<RedisServer> {
  let port = wanted ?? (await freePort());
  let child: Child;
  const start = async () => {
    child = await run(port, dir, args);
  };
  try {
    await start();
  } catch (error) {
    // Another test may have taken the port after `freePort` had checked it.
    if (wanted !== undefined) throw error;
    port = await freePort();
    await start();
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    dir,
    start,
    kill: () => child.stop('SIGKILL'),
    pause: () => child.signal('SIGSTOP'),
    resume: () => child.signal('SIGCONT'),
    command: (line) => ask(port, line),
    calls: async (command) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await ask(port, 'INFO commandstats'))?.[1] ?? 0),
    stop: async () => {
      await child.stop('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Resolves when the server replies to PING; otherwise stops it and rejects with its output. */
async function run(port: number, dir: string, args: readonly string[]): Promise<Child> {
  const child = new Child('redis', 'redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...args]);
  const ended = child.ended.then(() => {
    throw new Error('the process ended');
  });
  try {
    await Promise.race([eventually(() => ping(port), { timeoutMs: 10_000 }), ended]);
  } catch (error) {
    await child.stop('SIGKILL');
    throw new Error(`redis on port ${port} did not start: ${(error as Error).message}\n${child.output.slice(-1_000)}`, { cause: error });
  }
  return child;
}

async function ping(port: number): Promise<void> {
  const answer = await ask(port, 'PING');
  if (!answer.startsWith('+PONG')) throw new Error(`redis answers ${answer}`);
}

/** Sends one inline command and resolves with the raw reply. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.setTimeout(1_000, () => socket.destroy(new Error('redis does not answer')));
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
      const length = /^\$(\d+)\r\n/.exec(answer);
      if (length && answer.length < Number(length[1]) + length[0].length) return;
      socket.destroy();
      resolve(answer);
    });
    socket.once('error', reject);
  });
}
