// Serves /healthz (liveness), /readyz (readiness checks) and /metrics. Roles with an HTTP server call `probe`; other roles start a
// HealthServer.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Part } from './part.ts';
import type { Runtime } from './runtime.ts';

/** HTTP response to a probe. */
export interface ProbeAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The response for `path` (without query), or null when it is not a probe path. */
export async function probe(runtime: Pick<Runtime, 'health' | 'metrics'>, path: string): Promise<ProbeAnswer | null> {
  if (path === '/healthz') return { status: 200, type: 'application/json', body: '{"ok":true}' };
  if (path === '/readyz') {
    const readiness = await runtime.health.readiness();
    return { status: readiness.ready ? 200 : 503, type: 'application/json', body: JSON.stringify(readiness) };
  }
  if (path === '/metrics') return { status: 200, type: runtime.metrics.registry.contentType, body: await runtime.metrics.registry.metrics() };
  return null;
}

/** A minimal HTTP server for the probe paths; other paths are 404. Port 0 chooses a free port. */
export class HealthServer implements Part {
  readonly name = 'health-server';
  readonly #runtime: Runtime;
  readonly #port: number;
  readonly #server: Server;

  constructor(runtime: Runtime, port: number) {
    this.#runtime = runtime;
    this.#port = port;
    this.#server = createServer((request, response) => {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      probe(this.#runtime, path).then(
        (answer) => response.writeHead(answer?.status ?? 404, { 'content-type': answer?.type ?? 'text/plain' }).end(answer?.body ?? 'not found\n'),
        (error: unknown) => {
          this.#runtime.caught('health-server', error, 'probe failed', { level: 'error' });
          response.writeHead(500).end();
        },
      );
    });
  }

  async start(): Promise<void> {
    this.#server.listen(this.#port, this.#runtime.config.host);
    await once(this.#server, 'listening');
    this.#server.on('error', (error) => this.#runtime.log.error({ err: error }, 'health server failed'));
  }

  /** `host:port` after `start`, empty before. */
  address(): string {
    const bound = this.#server.address();
    return bound && typeof bound === 'object' ? `${this.#runtime.config.host}:${bound.port}` : '';
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
