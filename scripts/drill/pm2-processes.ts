// Finds the processes of the cluster by their pm2 names and sends them signals. It leaves no process stopped.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { undoing } from './undoing.ts';

export interface Pm2Entry {
  readonly name: string;
  readonly pid: number;
  /** Includes the environment of the process. */
  readonly pm2_env?: Readonly<Record<string, unknown>>;
}

const execute = promisify(execFile);
const pm2 = fileURLToPath(new URL('../../node_modules/pm2/bin/pm2', import.meta.url));

/** The running processes whose name begins with `prefix`; throws when there is none. */
export async function processesOf(prefix: string): Promise<readonly [Pm2Entry, ...Pm2Entry[]]> {
  const { stdout } = await execute(process.execPath, [pm2, 'jlist'], { maxBuffer: 16 << 20 });
  const list = JSON.parse(stdout.slice(stdout.indexOf('['))) as Pm2Entry[];
  const [first, ...rest] = list.filter(({ name, pid }) => name.startsWith(prefix) && pid > 0);
  if (!first) throw new Error(`pm2 runs no ${prefix}*: start the cluster with "npx pm2 start ecosystem.config.js"`);
  return [first, ...rest];
}

export async function killOne(prefix: string): Promise<void> {
  const [{ name, pid }] = await processesOf(prefix);
  console.log(`${name} (${pid}) is killed`);
  process.kill(pid, 'SIGKILL');
}

/** Sends SIGSTOP, runs `meanwhile` and sends SIGCONT. It also sends SIGCONT when `meanwhile` fails or the drill is interrupted. */
export async function stopWhile(processes: readonly Pm2Entry[], meanwhile: () => Promise<void>): Promise<void> {
  const goOn = () => {
    for (const { pid } of processes) process.kill(pid, 'SIGCONT');
    console.log(`${processes.map(({ name }) => name).join(', ')} continued`);
  };
  await undoing(goOn, async () => {
    for (const { name, pid } of processes) {
      console.log(`${name} (${pid}) is stopped`);
      process.kill(pid, 'SIGSTOP');
    }
    await meanwhile();
  });
}
