// Watches the replies to every command of an ioredis client, including commands sent by a library (BullMQ) and by duplicates of the
// client, and reports refusals. It can delay refusals, to slow down a library that retries immediately after an error.
import { createHash } from 'node:crypto';
import { backoffMs } from '@danmux/runtime';
import type { Cluster, Redis } from 'ioredis';
import { scriptNameOf } from '../script/scripts.ts';
import { type Refusal, refusalOf } from './refusal.ts';

export interface CommandWatcher {
  /** `name` is the command, followed by the script's name when it runs a danmux script. It contains no other argument. */
  refused(name: string, refusal: Refusal, client: Redis | Cluster): void;
  /** False while nothing is refused: successful replies are then not reported. */
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

/**
 * The command that is not watched. ioredis sends it as CLIENT SETNAME and CLIENT SETINFO, which only name the connection in CLIENT LIST, so a refusal
 * does no harm.
 */
const cosmetic = 'client';
const subscribing: readonly string[] = ['subscribe', 'psubscribe', 'ssubscribe'];

export function watchCommands(client: Redis | Cluster, watcher: CommandWatcher, held?: HeldRefusals): void {
  const sender = client as unknown as Sender;
  const send = sender.sendCommand.bind(client);
  const duplicate = sender.duplicate.bind(client);
  const seen = new WeakSet<Command>();
  sender.sendCommand = (command, ...rest) => {
    // ioredis calls `sendCommand` a second time for a command that waited for the connection.
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
  // ioredis does not handle the rejection when it resubscribes by itself, so it is handled here. Other callers of subscribe still get the rejection.
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

/** Key under which refusals are counted: the name of the command, and for EVALSHA also the script's SHA-1. */
function keyOf({ name, args }: Command): string {
  return name === 'evalsha' ? `${name} ${args[0]}` : name;
}

function nameOf({ name, args }: Command): string {
  const sha = name === 'evalsha' ? String(args[0]) : name === 'eval' ? createHash('sha1').update(String(args[0])).digest('hex') : undefined;
  const script = sha === undefined ? undefined : scriptNameOf(sha);
  // ioredis sends EVAL only when Redis no longer has the script, so EVAL and EVALSHA of a script have one name.
  if (sha !== undefined) return script === undefined ? 'evalsha' : `evalsha ${script}`;
  return name;
}

/** Delays the rejection of refused commands; the delay grows with the number of refusals of the same command in a row. */
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

  /** Rejects all delayed commands now, and later ones without a delay. */
  release(): void {
    this.#released = true;
    for (const [timer, reject] of this.#waiting) {
      clearTimeout(timer);
      reject();
    }
    this.#waiting.clear();
  }
}
