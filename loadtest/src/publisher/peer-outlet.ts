// Publishes to the peers in their usual way: from another process through Redis (by the emitter, or for adapters without one by a
// socket.io server without viewers), or over a socket of the server.
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
    // The emitter does not report completion; the answer to a later command does.
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
    // socket.io creates the adapter with the namespace.
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

/** Lines of JSON over TCP, for peers without Redis; the peer answers each line with a byte after it has written it to the viewers. */
export class SocketOutlet implements Outlet {
  readonly #socket: Socket;
  #acknowledged: (() => void) | undefined;

  constructor(host: string, port: number) {
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.on('data', () => this.#acknowledged?.());
    // When the server ends, the connection ends too; the report shows the missing messages.
    this.#socket.on('error', () => this.#acknowledged?.());
  }

  async send(messages: readonly LoadMessage[]): Promise<{ refused: number }> {
    const acknowledged = new Promise<void>((resolve) => {
      this.#acknowledged = resolve;
    });
    this.#socket.write(`${JSON.stringify(messages.map((message) => ({ room: message.room, message: peerMessage(message) })))}\n`);
    await acknowledged;
    return { refused: 0 };
  }

  async close(): Promise<void> {
    this.#socket.destroy();
  }
}
