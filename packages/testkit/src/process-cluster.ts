// Starts a danmux cluster on a real Redis, with one process per role instance, on free ports.
import type { Child } from './child.ts';
import { freePorts } from './free-port.ts';
import { startNodeProcess } from './node-process.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import { closeViewersOf } from './test-viewer.ts';

export interface ClusterOptions {
  readonly edges?: number;
  readonly relays?: number;
  readonly apis?: number;
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Additional environment of single nodes, by name such as `api-0`. */
  readonly envOf?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly set?: readonly string[];
  readonly redis?: RedisServer;
  /** File descriptor for standard output and error of every node; without it, both are recorded in `output`. */
  readonly out?: number;
}

export interface ClusterNode {
  readonly name: string;
  readonly role: string;
  readonly port: number;
  readonly url: string;
  process: Child;
}

export class ProcessCluster {
  readonly redis: RedisServer;
  readonly nodes: ClusterNode[] = [];
  readonly #options: ClusterOptions;

  private constructor(redis: RedisServer, options: ClusterOptions) {
    this.redis = redis;
    this.#options = options;
  }

  /** Resolves when every process has reported that it is ready. */
  static async start(options: ClusterOptions = {}): Promise<ProcessCluster> {
    const cluster = new ProcessCluster(options.redis ?? (await startRedis()), options);
    const { relays = 2, workers = 1, edges = 2, apis = 1 } = options;
    const first = await freePorts(relays + workers + edges + apis);
    const roles = [...Array(relays).fill('relay'), ...Array(workers).fill('worker'), ...Array(edges).fill('edge'), ...Array(apis).fill('api')] as string[];
    roles.forEach((role, index) => {
      const port = first + index;
      const name = `${role}-${roles.slice(0, index).filter((other) => other === role).length}`;
      cluster.nodes.push({ name, role, port, url: `http://127.0.0.1:${port}`, process: cluster.#spawn(name, role, port) });
    });
    try {
      await Promise.all(cluster.nodes.map(({ process }) => process.ready));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  of(role: string): ClusterNode[] {
    return this.nodes.filter((node) => node.role === role);
  }

  /** Restarts a node whose process has ended, on the same port. */
  async restart(node: ClusterNode): Promise<void> {
    node.process = this.#spawn(node.name, node.role, node.port);
    await node.process.ready;
  }

  /** Closes remaining viewers, then ends every process and Redis. */
  async stop(): Promise<void> {
    closeViewersOf(this.nodes.map(({ url }) => url));
    await Promise.all(this.nodes.map(({ process }) => process.stop('SIGKILL')));
    await this.redis.stop();
  }

  /** The last output of every process, for the error of a failed test. */
  get output(): string {
    return this.nodes.map(({ name, process }) => `--- ${name}\n${process.output.slice(-3_000)}`).join('\n');
  }

  #spawn(name: string, role: string, port: number): Child {
    const env = {
      REDIS_URL: this.redis.url,
      [`DANMUX_${role.toUpperCase()}_PORT`]: String(port),
      DANMUX_LOG_LEVEL: 'info',
      // Scenarios expect every chat message, even in a burst after a pause, so the chat budget of a room must be high enough to shed none.
      DANMUX_CHAT_PER_SECOND: '2000',
      ...this.#options.env,
      ...this.#options.envOf?.[name],
    };
    const { set = [], out } = this.#options;
    return startNodeProcess(name, { roles: role, env, set, ...(out === undefined ? {} : { out }) });
  }
}
