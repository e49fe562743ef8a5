// Stops the server without failing a request. It stops listening at once; open connections are served, with
// `Connection: close`, for a grace period, because a client's next request may be under way.
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
   * Resolves when every connection has ended: busy ones after their reply, idle ones after `graceMs` at the latest. The
   * lifecycle's drain timeout ends requests that never complete.
   */
  async run(app: FastifyInstance, graceMs: number): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    const { server } = app;
    // Node's http close would close idle connections at once; net's only stops listening. Under pm2's cluster mode the next
    // process already listens on this port.
    const closed = new Promise<void>((resolve) => Server.prototype.close.call(server, () => resolve()));
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([closed, grace]);
    clearTimeout(timer);
    server.closeIdleConnections();
    // Node treats a connection without any data (a browser's spare one, a balancer's probe) as busy.
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
    await closed;
  }
}
