// Ends the server without failing a request: for a while after the drain began, requests on open connections are still
// answered, with `Connection: close`, while no new connection comes.
import type { FastifyInstance } from 'fastify';

export class Drain {
  #begun = false;

  watch(app: FastifyInstance): void {
    app.addHook('onSend', async (_request, reply, payload) => {
      if (this.#begun) reply.header('connection', 'close');
      return payload;
    });
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** Resolves when the last request was answered and open connections had `graceMs` to be used and closed. */
  async run(app: FastifyInstance, graceMs: number): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    // Under pm2's cluster mode the next process listens on the same port already. `close` would cut idle connections whose
    // next request may be on its way, so the port is let go first and the connections later.
    const { server } = app;
    const closeIdle = server.closeIdleConnections;
    server.closeIdleConnections = () => {};
    server.close();
    await new Promise((resolve) => setTimeout(resolve, server.listening || graceMs > 0 ? graceMs : 0));
    server.closeIdleConnections = closeIdle;
    server.closeIdleConnections();
  }
}
