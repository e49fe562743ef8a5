// Runs a client program of the matrix as a child process. The program prints one line per event: `version V`, `joined`, `sent` (a chat was
// accepted), `got ID` (a gift), `away`, `error TEXT`. It reads URL, TOKEN, ROOM, TRANSPORT and DEFLATE from its environment, and reconnects by
// itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ClientSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly transport: 'websocket' | 'polling';
  readonly deflate: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export class MatrixClient {
  readonly spec: ClientSpec;
  version = '?';
  /** Times of the joins, on the monotonic clock. */
  readonly joins: number[] = [];
  readonly got: string[] = [];
  sent = 0;
  readonly #child: ChildProcess;
  #log: string[] = [];

  constructor(spec: ClientSpec, env: Readonly<Record<string, string>>) {
    this.spec = spec;
    const own = { TRANSPORT: spec.transport, DEFLATE: spec.deflate ? 'on' : 'off', ...spec.env };
    this.#child = spawn(spec.command, [...spec.args], { env: { ...process.env, ...env, ...own }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => this.#line(`error ${error.message}`));
    for (const stream of [this.#child.stdout, this.#child.stderr]) if (stream) createInterface(stream).on('line', (line) => this.#line(line));
  }

  /** The last lines, for error messages. */
  get log(): string {
    return `${this.spec.name}: ${this.#log.slice(-12).join(' | ')}`;
  }

  stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.kill('SIGKILL');
    });
  }

  #line(line: string): void {
    const [word = '', rest = ''] = line.split(/ (.*)/s);
    if (word === 'version') this.version = rest;
    else if (word === 'joined') this.joins.push(performance.now());
    else if (word === 'got') this.got.push(rest);
    else if (word === 'sent') this.sent++;
    if (word !== 'got') this.#log = [...this.#log, line].slice(-50);
  }
}
