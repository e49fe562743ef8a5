// Stops the server without failing a request. The server stops listening immediately, and serves open connections for a grace period with
// `Connection: close`, because a client may already have sent its next request.
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
   * Resolves when every connection is closed: a busy one after its reply, an idle one after `graceMs` at the latest. Does not time out a
   * request that never completes; the drain timeout of `Lifecycle` does.
   */
  async run(app: FastifyInstance, graceMs: number): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    const { server } = app;
    // `http.Server.close` would also close idle connections; `net.Server.close` only stops listening. New connections reach the next
    // process: in the cluster mode of pm2 it already listens on this port.
    const closed = new Promise<void>((resolve) => Server.prototype.close.call(server, () => resolve()));
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([closed, grace]);
    clearTimeout(timer);
    server.closeIdleConnections();
    // `closeIdleConnections` does not close connections that never sent a byte (preconnects of browsers, probes of load balancers).
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
    await closed;
  }
}
