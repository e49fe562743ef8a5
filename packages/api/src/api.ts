// The api role: serves the admin API on its own port. Instances share state only through the bus, so any number of them can run.
import type { AddressInfo } from 'node:net';
import type { Bus } from '@danmux/bus';
import { laneTotals, Membership } from '@danmux/cluster';
import type { JobQueue } from '@danmux/jobs';
import { DanmuxError } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';
import { Drain } from './http/drain.ts';
import { createServer, type ServerOptions } from './server.ts';

export class ApiRole implements Part {
  readonly name = 'api';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #jobs: JobQueue;
  readonly #options: ServerOptions;
  readonly #drain = new Drain();
  readonly #membership: Membership;
  #app: FastifyInstance | undefined;

  constructor(runtime: Runtime, bus: Bus, jobs: JobQueue, options: ServerOptions = {}) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#jobs = jobs;
    this.#options = options;
    this.#membership = new Membership(runtime, bus, {
      role: 'api',
      address: () => this.address(),
      load: () => 0,
      numbers: async () => ({ messages: await laneTotals(runtime.metrics.accepted, { source: 'api' }) }),
    });
  }

  /** `host:port` of the admin API. Throws before `start`. */
  address(): string {
    const { host, public_host } = this.#runtime.config;
    if (!this.#app) throw new Error('the api has not been started');
    const { port } = this.#app.server.address() as AddressInfo;
    return `${public_host || host}:${port}`;
  }

  async start(): Promise<void> {
    const { host, api } = this.#runtime.config;
    this.#app = await createServer(this.#runtime, this.#bus, this.#jobs, this.#drain, this.#options);
    await this.#app.listen({ host, port: api.port });
    await this.#membership.start();
    this.#runtime.health.register('api', () => {
      if (this.#drain.begun) throw new DanmuxError('draining');
    });
  }

  async drain(): Promise<void> {
    await this.#membership.drain();
    if (this.#app) await this.#drain.run(this.#app, this.#runtime.config.api.drain_ms);
  }

  async stop(): Promise<void> {
    await this.#membership.stop();
    if (!this.#app) return;
    await this.#drain.run(this.#app, 0);
    await this.#app.close();
  }
}
