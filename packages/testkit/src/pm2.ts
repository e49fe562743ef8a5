// Runs pm2 with the ecosystem file of the repository, in a temporary PM2_HOME that is removed after the test.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const pm2Bin = join(root, 'node_modules/pm2/bin/pm2');

export interface Pm2Process {
  readonly id: number;
  readonly name: string;
  readonly pid: number;
  readonly status: string;
  readonly restarts: number;
}

/** The part of a row of `pm2 jlist` that is read here. */
interface ListedProcess {
  readonly pm_id: number;
  readonly name: string;
  readonly pid: number;
  readonly pm2_env: { readonly status: string; readonly restart_time: number };
}

export class Pm2 {
  /** Environment variables with which a program uses this pm2 and its cluster. */
  readonly env: Readonly<Record<string, string>>;
  readonly #home: string;

  private constructor(home: string, env: Readonly<Record<string, string>>) {
    this.#home = home;
    this.env = env;
  }

  /** Creates the PM2_HOME; `start` starts the processes. */
  static async create(env: Readonly<Record<string, string>>): Promise<Pm2> {
    const home = await mkdtemp(join(tmpdir(), 'danmux-pm2-'));
    return new Pm2(home, { DANMUX_CHAT_PER_SECOND: '2000', ...env, PM2_HOME: home, PM2_DISCRETE_MODE: 'true', PM2_DISABLE_VERSION_CHECK: 'true' });
  }

  /** The same pm2, called with further environment variables. */
  with(env: Readonly<Record<string, string>>): Pm2 {
    return new Pm2(this.#home, { ...this.env, ...env });
  }

  /** Runs a pm2 command; resolves with its output, rejects when it fails. */
  async command(...args: string[]): Promise<string> {
    const { stdout, stderr } = await run(process.execPath, [pm2Bin, ...args], { cwd: root, env: { ...process.env, ...this.env }, maxBuffer: 16 << 20 });
    return stdout + stderr;
  }

  /** Starts the ecosystem and resolves when every process is online. */
  async start(): Promise<void> {
    await this.command('start', 'ecosystem.config.js');
    await eventually(
      async () => {
        const away = (await this.list()).filter(({ status }) => status !== 'online');
        if (away.length > 0) throw new Error(`not online: ${JSON.stringify(away)}\n${await this.logs()}`);
      },
      { timeoutMs: 30_000, everyMs: 300 },
    );
  }

  async list(): Promise<Pm2Process[]> {
    const text = await this.command('jlist');
    const json = text.slice(text.indexOf('['), text.lastIndexOf(']') + 1);
    const rows = JSON.parse(json) as ListedProcess[];
    return rows.map(({ pm_id: id, name, pid, pm2_env }) => ({ id, name, pid, status: pm2_env.status, restarts: pm2_env.restart_time }));
  }

  /** The whole output of each process, by its name and the stream `out` or `error`. */
  async output(): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    for (const { name } of await this.list()) {
      for (const stream of ['out', 'error']) {
        const file = join(this.#home, 'logs', `${name}-${stream}.log`);
        if (existsSync(file)) texts.set(`${name} ${stream}`, await readFile(file, 'utf8'));
      }
    }
    return texts;
  }

  /** The last lines of the output of every process. */
  async logs(): Promise<string> {
    return [...(await this.output())].map(([name, text]) => `--- ${name}\n${text.slice(-2_000)}`).join('\n');
  }

  async stop(): Promise<void> {
    await this.command('kill');
    await rm(this.#home, { recursive: true, force: true });
  }
}
