// A real Redis for a test: its own port, its own folder, gone with the test.
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
  /** Ends it like a crash and resolves when the port is closed. */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder. */
  start(): Promise<void>;
  /** Answers nothing until `resume`, with connections left open. */
  pause(): void;
  resume(): void;
  /** How often a command was called since the server began. */
  calls(command: string): Promise<number>;
  stop(): Promise<void>;
}

/** `args` are added to a server that saves nothing. */
export async function startRedis({ port: wanted, args = [] }: { port?: number; args?: readonly string[] } = {}): Promise<RedisServer> {
  const port = wanted ?? (await freePort());
  const dir = await mkdtemp(join(tmpdir(), 'danmux-redis-'));
  let child: Child;
  const start = async () => {
    child = new Child('redis', 'redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...args]);
    await eventually(() => ping(port), { timeoutMs: 10_000 });
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    dir,
    start,
    kill: () => child.stop('SIGKILL'),
    pause: () => child.signal('SIGSTOP'),
    resume: () => child.signal('SIGCONT'),
    calls: async (command) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await ask(port, 'INFO commandstats'))?.[1] ?? 0),
    stop: async () => {
      await child.stop('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function ping(port: number): Promise<void> {
  const answer = await ask(port, 'PING');
  if (!answer.startsWith('+PONG')) throw new Error(`redis answers ${answer}`);
}

/** The raw answer to one command. */
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
