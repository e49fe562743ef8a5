// The pub/sub subscriptions of one process. Subscribes to a channel with its first listener and unsubscribes with the last. After a
// reconnect it subscribes to all channels again and calls `resumed` on every listener, because messages may be missing. On a Redis Cluster it
// uses sharded channels, so that a frame reaches only the master of its slot.
import { DanmuxError } from '@danmux/protocol';
import { backoffMs, type Runtime } from '@danmux/runtime';
import { Cluster } from 'ioredis';
import type { Subscription } from '../contract/subscription.ts';
import type { RedisConnection } from './connection/connection.ts';
import { busError } from './connection/error.ts';
import { refusalOf } from './connection/refusal.ts';

export interface ChannelListener {
  message(text: string): void;
  /** Called after a reconnect: messages may have been lost. */
  resumed(): void;
}

export class RedisChannels {
  readonly #runtime: Runtime;
  readonly #connection: RedisConnection;
  readonly #listeners = new Map<string, Set<ChannelListener>>();
  #subscribed = new Map<string, Promise<unknown>>();
  #connectedBefore = false;
  #retry: NodeJS.Timeout | undefined;
  #retries = 0;

  constructor(runtime: Runtime, connection: RedisConnection) {
    this.#runtime = runtime;
    this.#connection = connection;
    connection.client.on(connection.cluster ? 'smessage' : 'message', (channel: string, text: string) => this.#dispatch(channel, text));
    connection.onReady(() => this.#resubscribe());
  }

  /** Resolves when the subscription is active and will get all later messages. Rejects with `unavailable` when it cannot subscribe. */
  async open(channel: string, listener: ChannelListener): Promise<Subscription> {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    listeners.add(listener);
    try {
      await this.#ensureSubscribed(channel);
    } catch (error) {
      this.#remove(channel, listener);
      throw busError(error);
    }
    return { close: async () => this.#remove(channel, listener) };
  }

  stop(): void {
    clearTimeout(this.#retry);
  }

  /** Opens several channels with one listener each. When one fails, closes the others and rejects. */
  async openEach(channels: readonly string[], listenerOf: (index: number) => ChannelListener): Promise<Subscription> {
    const opened = await Promise.allSettled(channels.map((channel, index) => this.open(channel, listenerOf(index))));
    const open = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const close = async () => void (await Promise.all(open.map((one) => one.close())));
    const failed = opened.find((one) => one.status === 'rejected');
    if (!failed) return { close };
    await close();
    throw failed.reason;
  }

  #ensureSubscribed(channel: string): Promise<unknown> {
    // This check comes before the look-up of subscribed channels, because they get no messages while disconnected.
    if (!this.#connection.up) return Promise.reject(new DanmuxError('unavailable', { retryAfterMs: 1_000 }));
    const known = this.#subscribed.get(channel);
    if (known) return known;
    const subscribing = this.#subscribe([channel]);
    this.#subscribed.set(channel, subscribing);
    subscribing.catch(() => this.#subscribed.get(channel) === subscribing && this.#subscribed.delete(channel));
    return subscribing;
  }

  #remove(channel: string, listener: ChannelListener): void {
    const listeners = this.#listeners.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.#listeners.delete(channel);
    this.#subscribed.delete(channel);
    if (!this.#connection.up) return;
    const { client } = this.#connection;
    const leaving = client instanceof Cluster ? client.sunsubscribe(channel) : client.unsubscribe(channel);
    // A failure is harmless: without listeners, a message of this channel is ignored.
    leaving.catch((error: unknown) => this.#count(error, 'redis unsubscribe failed'));
  }

  async #subscribe(channels: readonly string[]): Promise<void> {
    const { client } = this.#connection;
    // One SSUBSCRIBE may name only channels of one slot, so each channel gets its own call.
    if (client instanceof Cluster) await Promise.all(channels.map((channel) => client.ssubscribe(channel)));
    else await client.subscribe(...channels);
  }

  #resubscribe(): void {
    clearTimeout(this.#retry);
    const channels = [...this.#listeners.keys()];
    const first = !this.#connectedBefore;
    this.#connectedBefore = true;
    this.#subscribed = new Map();
    if (channels.length === 0) return;
    const subscribing = this.#subscribe(channels);
    for (const channel of channels) this.#subscribed.set(channel, subscribing);
    subscribing.then(
      () => {
        this.#retries = 0;
        if (!first) this.#notifyResumed(channels);
      },
      (error: unknown) => {
        this.#subscribed = new Map();
        this.#subscribeLater(error);
      },
    );
  }

  #subscribeLater(error: unknown): void {
    this.#count(error, 'redis resubscribe failed; retrying');
    if (!this.#connection.up) return;
    // Retry on the same connection: Redis would refuse the command on a new one too, and reconnecting a Cluster replaces many connections.
    if (refusalOf(error) || this.#connection.cluster) {
      this.#retry = setTimeout(() => this.#connection.up && this.#resubscribe(), backoffMs(++this.#retries, { baseMs: 200, maxMs: 5_000 }));
      return;
    }
    // A subscription connection without its subscriptions is useless: reconnect, which subscribes again.
    this.#connection.client.disconnect(true);
  }

  #notifyResumed(channels: readonly string[]): void {
    for (const channel of channels) for (const listener of this.#listeners.get(channel) ?? []) this.#guard(() => listener.resumed());
  }

  #dispatch(channel: string, text: string): void {
    for (const listener of this.#listeners.get(channel) ?? []) this.#guard(() => listener.message(text));
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#count(error, 'subscriber threw; the others still get the message');
    }
  }

  #count(error: unknown, message: string): void {
    // `Refusals` already reports refused commands, so log them at debug level here.
    this.#runtime.caught('redis-channels', error, message, { level: refusalOf(error) ? 'debug' : 'warn' });
  }
}
