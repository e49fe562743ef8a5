// Ends the server without failing a request. The port is let go at once; connections that are open are still answered, with
// `Connection: close`, for a grace period, because a client's next request may be on its way already.
import { Server, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

export class Drain {
  readonly #sockets = new Set<Socket>();
  #begun = false;

  watch(app: FastifyInstance): void {
    app.server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    app.addHook('onSend', async (_request, reply, payload) => {
      if (this.#begun) reply.header('connection', 'close');
      return payload;
    });
  }

  get begun(): boolean {
    return this.#begun;
  }

  /**
   * Resolves when every connection has ended: those in use after their answer, idle ones after `graceMs` at the latest. A
   * request that never ends is cut by who waits for this (the lifecycle's drain timeout).
   */
  async run(app: FastifyInstance, graceMs: number): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    const { server } = app;
    // Node's http close would cut idle connections at once; net's only stops listening. Under pm2's cluster mode the next
    // process listens on this port already.
    const closed = new Promise<void>((resolve) => Server.prototype.close.call(server, () => resolve()));
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([closed, grace]);
    clearTimeout(timer);
    server.closeIdleConnections();
    // Node holds a connection that never sent a byte (a browser's spare one, a balancer's probe) for one in use.
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
    await closed;
  }
}
