// Publishes to the peers as their users do: from another process through Redis (the emitter; for adapters that have none, a
// socket.io server without viewers), or over a socket of the server's own.
import { connect, type Socket } from 'node:net';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Emitter } from '@socket.io/redis-emitter';
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { type LoadMessage, peerMessage } from './chat-message.ts';
import type { Outlet } from './outlet.ts';

export class EmitterOutlet implements Outlet {
  readonly #redis: Redis;
  readonly #emitter: Emitter;

  constructor(url: string) {
    this.#redis = new Redis(url);
    this.#emitter = new Emitter(this.#redis);
  }

  async send(messages: readonly LoadMessage[]): Promise<{ refused: number }> {
    for (const message of messages) this.#emitter.to(message.room).emit('frame', peerMessage(message));
    // The emitter does not say when a message was taken; an answer to what was sent after it does.
    await this.#redis.ping();
    return { refused: 0 };
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }
}

export class AdapterOutlet implements Outlet {
  readonly #clients: readonly Redis[];
  readonly #io: Server;

  constructor(kind: 'sharded' | 'streams', url: string) {
    const redis = new Redis(url);
    const subscriber = redis.duplicate();
    this.#clients = [redis, subscriber];
    this.#io = new Server({ adapter: kind === 'sharded' ? createShardedAdapter(redis, subscriber) : createStreamsAdapter(redis) });
    // The adapter is made with the name space.
    this.#io.of('/');
  }

  async send(messages: readonly LoadMessage[]): Promise<{ refused: number }> {
    for (const message of messages) this.#io.to(message.room).emit('frame', peerMessage(message));
    await this.#clients[0]?.ping();
    return { refused: 0 };
  }

  async close(): Promise<void> {
    await this.#io.close();
    for (const client of this.#clients) client.disconnect();
  }
}

/** Lines of JSON over TCP, for peers without a Redis; each line is answered with a byte when it was written to the viewers. */
export class SocketOutlet implements Outlet {
  readonly #socket: Socket;
  #taken: (() => void) | undefined;

  constructor(host: string, port: number) {
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.on('data', () => this.#taken?.());
    // A server that ends takes its publisher's connection along; the run says what was missing.
    this.#socket.on('error', () => this.#taken?.());
  }

  async send(messages: readonly LoadMessage[]): Promise<{ refused: number }> {
    const taken = new Promise<void>((resolve) => {
      this.#taken = resolve;
    });
    this.#socket.write(`${JSON.stringify(messages.map((message) => ({ room: message.room, message: peerMessage(message) })))}\n`);
    await taken;
    return { refused: 0 };
  }

  async close(): Promise<void> {
    this.#socket.destroy();
  }
}
