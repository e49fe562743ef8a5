// Watches the answers to every command of a client, also of those a library sends and of the clients it duplicates from it, and
// tells of refusals. It may hold a refusal back for a while: a library that tries again at once is slowed down so, which it
// would not be by an error.
import { createHash } from 'node:crypto';
import { backoffMs } from '@danmux/runtime';
import type { Cluster, Redis } from 'ioredis';
import { scriptNameOf } from '../scripts.ts';
import { type Refusal, refusalOf } from './refusal.ts';

export interface CommandWatcher {
  /** `name` holds no argument but the name of a script of danmux. */
  refused(name: string, refusal: Refusal, client: Redis | Cluster): void;
  /** Whether `answered` is wanted now. */
  wantsAnswers(): boolean;
  answered(name: string): void;
}

/** The parts of ioredis' Command that are used here. */
interface Command {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly promise: Promise<unknown>;
  reject(error: Error): void;
}

interface Sender {
  sendCommand(command: Command, ...rest: unknown[]): unknown;
  duplicate(...args: unknown[]): Redis | Cluster;
}

/** Sent by ioredis for no purpose but to be seen in CLIENT LIST. */
const cosmetic = 'client';
const subscribing: readonly string[] = ['subscribe', 'psubscribe', 'ssubscribe'];

export function watchCommands(client: Redis | Cluster, watcher: CommandWatcher, held?: HeldRefusals): void {
  const sender = client as unknown as Sender;
  const send = sender.sendCommand.bind(client);
  const duplicate = sender.duplicate.bind(client);
  const seen = new WeakSet<Command>();
  sender.sendCommand = (command, ...rest) => {
    // A command that waited for the connection is sent twice.
    if (!seen.has(command) && command.name !== cosmetic) {
      seen.add(command);
      watch(command, client, watcher, held);
    }
    return send(command, ...rest);
  };
  sender.duplicate = (...args) => {
    const copy = duplicate(...args);
    watchCommands(copy, watcher, held);
    return copy;
  };
}

function watch(command: Command, client: Redis | Cluster, watcher: CommandWatcher, held: HeldRefusals | undefined): void {
  const reject = command.reject;
  const key = keyOf(command);
  command.reject = (error) => {
    const refusal = refusalOf(error);
    if (!refusal) return reject(error);
    watcher.refused(nameOf(command), refusal, client);
    if (held) held.hold(key, () => reject(error));
    else reject(error);
  };
  // ioredis subscribes again by itself and leaves what comes of it to nobody; other callers have the promise too.
  if (subscribing.includes(command.name)) command.promise.catch(() => {});
  if (!watcher.wantsAnswers() && !held?.has(key)) return;
  command.promise.then(
    () => {
      held?.answered(key);
      watcher.answered(nameOf(command));
    },
    () => {},
  );
}

/** Commands that are refused together. */
function keyOf({ name, args }: Command): string {
  return name === 'evalsha' ? `${name} ${args[0]}` : name;
}

function nameOf({ name, args }: Command): string {
  const sha = name === 'evalsha' ? String(args[0]) : name === 'eval' ? createHash('sha1').update(String(args[0])).digest('hex') : undefined;
  const script = sha === undefined ? undefined : scriptNameOf(sha);
  // Sent by its text only after Redis lost it.
  if (sha !== undefined) return script === undefined ? 'evalsha' : `evalsha ${script}`;
  return name;
}

/** Refusals that wait before their caller hears of them, the longer the more of one command came in a row. */
export class HeldRefusals {
  readonly #inARow = new Map<string, number>();
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();
  #released = false;

  hold(key: string, reject: () => void): void {
    if (this.#released) {
      reject();
      return;
    }
    const count = (this.#inARow.get(key) ?? 0) + 1;
    this.#inARow.set(key, count);
    const timer = setTimeout(
      () => {
        this.#waiting.delete(timer);
        reject();
      },
      backoffMs(count, { baseMs: 500, maxMs: 5_000 }),
    );
    this.#waiting.set(timer, reject);
  }

  has(key: string): boolean {
    return this.#inARow.has(key);
  }

  answered(key: string): void {
    this.#inARow.delete(key);
  }

  /** Nothing is held any more. */
  release(): void {
    this.#released = true;
    for (const [timer, reject] of this.#waiting) {
      clearTimeout(timer);
      reject();
    }
    this.#waiting.clear();
  }
}
