// Remembers the commands of this process that Redis refuses, and logs each once per connection. The process is in the degraded state
// `redis_refused` (`redis_full` when memory is exhausted) until all of them succeed again or are no longer sent. `Refusals` itself sends no commands.
import type { Runtime } from '@danmux/runtime';
import { adviceOf, isPassing, type Refusal, type RefusalCode } from './refusal.ts';

interface State {
  readonly code: RefusalCode;
  readonly command: string;
  readonly connection: string;
  /** Time of the latest refusal, monotonic milliseconds. */
  at: number;
}

/** Commands sent while a connection opens: a single success ends their refusal. */
const opening: readonly string[] = ['hello', 'auth', 'select'];
/** Commands that are essential to every process that sends them: while one is permanently refused, the process is not healthy. */
const needed: readonly string[] = [
  ...['ingress-publish', 'streams-commit', 'streams-heads', 'leases-acquire', 'leases-renew', 'presence-report'].map((script) => `evalsha ${script}`),
  ...['subscribe', 'ssubscribe', 'xrange'],
];
/**
 * A success ends a refusal only when the command was not refused for this long. Otherwise a command that is refused only for some keys would set and
 * clear the state again and again.
 */
const quietMs = { passing: 3_000, lasting: 60_000 } as const;
/** A refusal that has not occurred again for this long is dropped: its command is no longer sent. */
const keptMs = { passing: 30_000, lasting: 600_000 } as const;

export class Refusals {
  readonly #runtime: Pick<Runtime, 'log' | 'caught' | 'degraded'>;
  readonly #states = new Map<string, State>();

  constructor(runtime: Pick<Runtime, 'log' | 'caught' | 'degraded'>) {
    this.#runtime = runtime;
  }

  refused(connection: string, name: string, { code, inner }: Refusal, now = performance.now()): void {
    const command = inner === undefined ? name : `${name}: ${inner}`;
    const key = `${connection} ${code} ${command}`;
    const known = this.#states.get(key);
    const fields = { refusal: code, command, connection };
    this.#runtime.caught('redis-refused', undefined, 'redis refuses a command', { level: known ? 'debug' : 'warn', per: key, fields });
    if (known) {
      known.at = now;
      return;
    }
    this.#states.set(key, { code, command, connection, at: now });
    this.#publish();
  }

  /** Whether a command of this connection is refused now. */
  has(connection: string): boolean {
    for (const state of this.#states.values()) if (state.connection === connection) return true;
    return false;
  }

  answered(connection: string, name: string, now = performance.now()): void {
    this.#forget((state) => {
      const same = state.connection === connection && (state.command === name || state.command.startsWith(`${name}: `));
      const quiet = opening.includes(name) ? 0 : quietMs[isPassing(state.code) ? 'passing' : 'lasting'];
      return same && now - state.at >= quiet;
    });
  }

  /** Drops refusals of commands that are no longer sent. */
  sweep(now = performance.now()): void {
    this.#forget(({ code, at }) => now - at >= keptMs[isPassing(code) ? 'passing' : 'lasting']);
  }

  /** A permanently refused command that this process cannot work without; undefined when there is none. */
  get blocking(): string | undefined {
    const found = [...this.#states.values()].find(({ code, command }) => !isPassing(code) && needed.includes(command.split(': ')[0] ?? ''));
    return found && `${found.code} ${found.command}`;
  }

  #forget(over: (state: State) => boolean): void {
    const before = this.#states.size;
    for (const [key, state] of this.#states) {
      if (!over(state)) continue;
      this.#states.delete(key);
      this.#runtime.log.info({ refusal: state.code, command: state.command, connection: state.connection }, 'redis no longer refuses a command');
    }
    if (this.#states.size !== before) this.#publish();
  }

  #publish(): void {
    const all = [...this.#states.values()];
    const full = all.filter(({ code }) => code === 'OOM');
    this.#set('redis_full', full);
    this.#set(
      'redis_refused',
      all.filter((state) => !full.includes(state)),
    );
  }

  #set(code: string, states: readonly State[]): void {
    if (states.length === 0) {
      this.#runtime.degraded.clear(code);
      return;
    }
    const named = states.map((state) => `${state.code} ${state.command} (${state.connection})`);
    const advices = new Set(states.map((state) => adviceOf(state.code)));
    this.#runtime.degraded.set(code, `Redis refuses: ${named.slice(0, 8).join(', ')}${named.length > 8 ? ', …' : ''}. ${[...advices].join(' ')}`);
  }
}

const ofProcess = new WeakMap<object, Refusals>();

/** The instance of this process; all of its connections share it. */
export function refusalsOf(runtime: Pick<Runtime, 'log' | 'caught' | 'degraded'>): Refusals {
  const known = ofProcess.get(runtime.degraded) ?? new Refusals(runtime);
  ofProcess.set(runtime.degraded, known);
  return known;
}
