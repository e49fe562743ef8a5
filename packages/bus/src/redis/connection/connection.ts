// Opens and owns one connection to Redis. It reconnects for ever with a jittered backoff, with longer delays while Redis refuses the connection.
// While disconnected it rejects commands immediately and queues none; its heartbeat closes the connection to a silent server.
// Each change of state is logged once.
import type { Runtime } from '@danmux/runtime';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { sentinelOptions, serverOptions } from './client-options.ts';
import { HeldRefusals, watchCommands } from './command-watch.ts';
import { Heartbeat } from './heartbeat.ts';
import { catchOwnCommands } from './internal-commands.ts';
import { ReconnectPace } from './reconnect-pace.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { type Refusals, refusalsOf } from './refusals.ts';
import { SentinelWatch } from './sentinel-watch.ts';
import { SlotRefresh } from './slot-refresh.ts';
import { parseRedisUrl, type RedisTarget } from './url.ts';

/** `firstAttempt` waits at most this many milliseconds. Without Redis the process starts anyway and reports that it is not ready. */
const longestConnectMs = 3_000;

export type RedisClient = Redis | Cluster;
export type ClientOverrides = Pick<RedisOptions, 'enableOfflineQueue' | 'autoResubscribe' | 'maxRetriesPerRequest' | 'commandTimeout'>;
/** Commands sent while a connection opens. When Redis refuses one of them, the connection is of no use. */
const opening: readonly string[] = ['hello', 'auth', 'select'];
type ClusterOptionsOf = NonNullable<ConstructorParameters<typeof Cluster>[1]>;

export class RedisConnection {
  readonly target: RedisTarget;
  readonly #runtime: Runtime;
  readonly #purpose: string;
  readonly #client: RedisClient;
  readonly #heartbeat: Heartbeat;
  readonly #pace = new ReconnectPace();
  readonly #refusals: Refusals;
  readonly #held: HeldRefusals | undefined;
  readonly #sentinels: SentinelWatch | undefined;
  readonly #slots: SlotRefresh | undefined;
  readonly #readyListeners: (() => void)[] = [];
  readonly #firstAttempt: Promise<void>;
  #endFirstAttempt: () => void = () => {};
  #up = false;
  #saidDown = false;
  #stopping = false;

  /**
   * `overrides` are client options that a library (BullMQ, the socket.io adapter) requires. `holdRefusals` delays refusals, longer each
   * time, for a library that retries immediately after an error.
   */
  constructor(runtime: Runtime, purpose: string, overrides: ClientOverrides = {}, { holdRefusals = false } = {}) {
    this.#runtime = runtime;
    this.#purpose = purpose;
    this.#firstAttempt = new Promise((resolve) => {
      this.#endFirstAttempt = resolve;
    });
    this.#refusals = refusalsOf(runtime);
    this.#held = holdRefusals ? new HeldRefusals() : undefined;
    this.target = parseRedisUrl(runtime.config.redis.url);
    this.#client = openRedis(this.target, runtime, `danmux-${purpose}`, (attempt) => this.#pace.delayMs(attempt), overrides);
    const watcher = {
      refused: (name: string, refusal: Refusal, client: RedisClient) => this.#refused(name, refusal, client),
      wantsAnswers: () => this.#refusals.has(purpose),
      answered: (name: string) => this.#refusals.answered(purpose, name),
    };
    watchCommands(this.#client, watcher, this.#held);
    this.#heartbeat = new Heartbeat(this.#client, runtime.config.redis.command_timeout_ms);
    this.#sentinels = this.target.mode === 'sentinel' ? SentinelWatch.of(runtime, this.target) : undefined;
    this.#slots = this.#client instanceof Cluster ? new SlotRefresh(this.#client) : undefined;
    this.#client.on('ready', () => this.#becameReady());
    this.#client.on('close', () => this.#becameDown());
    this.#client.on('error', (error: Error) => this.#becameDown(error));
    // '+node' also fires before the cluster accepts commands.
    if (this.#client instanceof Cluster) this.#client.on('+node', () => this.#client.status === 'ready' && this.#becameReady());
  }

  get client(): RedisClient {
    return this.#client;
  }

  get up(): boolean {
    return this.#up && !this.#stopping;
  }

  get cluster(): boolean {
    return this.target.mode === 'cluster';
  }

  /** Calls `listener` each time the connection becomes usable. After a reconnect, subscriptions may have missed messages. */
  onReady(listener: () => void): void {
    this.#readyListeners.push(listener);
  }

  /** Starts connecting and returns without waiting. */
  start(): void {
    this.#heartbeat.start();
    this.#slots?.start();
    if (this.#sentinels && this.#client instanceof Redis) this.#sentinels.add(this.#client);
    // A library that received the client may have called connect already.
    if (this.#client.status !== 'wait') return;
    this.#client.connect().catch((error: unknown) => this.#becameDown(error as Error));
  }

  /** Resolves when the first attempt to connect has succeeded or failed, after `limitMs` at the latest. */
  async firstAttempt(limitMs = longestConnectMs): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([this.#firstAttempt, limit]);
    clearTimeout(timer);
  }

  /** Rejects delayed refusals now, and later ones without a delay. */
  releaseRefusals(): void {
    this.#held?.release();
  }

  stop(): void {
    this.#stopping = true;
    this.#endFirstAttempt();
    this.#held?.release();
    this.#heartbeat.stop();
    this.#slots?.stop();
    if (this.#client instanceof Redis) this.#sentinels?.remove(this.#client);
    this.#client.disconnect();
  }

  #refused(name: string, refusal: Refusal, client: RedisClient): void {
    this.#refusals.refused(this.#purpose, name, refusal);
    if (opening.includes(name) || refusal.code === 'READONLY' || refusal.code === 'MAXCLIENTS') this.#pace.refused();
    // After a refused SELECT, ioredis would continue in database 0, which may contain the keys of another application.
    if (name === 'select') client.disconnect(true);
  }

  #becameReady(): void {
    if (!this.#up && this.#saidDown) this.#runtime.log.info({ connection: this.#purpose }, 'redis is back');
    this.#up = true;
    this.#saidDown = false;
    for (const listener of this.#readyListeners) listener();
    this.#endFirstAttempt();
  }

  #becameDown(error?: Error): void {
    const refusal = this.#client instanceof Cluster ? refusalOf((error as { lastNodeError?: unknown } | undefined)?.lastNodeError) : undefined;
    if (refusal) this.#refused('hello', refusal, this.#client);
    if (error instanceof Error && this.#up && !(this.#client instanceof Cluster) && this.#client.status === 'ready') {
      // An error on an open connection, such as a refused command, is not an outage, but it is counted and logged.
      this.#runtime.caught('redis-connection', error, 'redis connection error', { fields: { connection: this.#purpose } });
      return;
    }
    this.#up = false;
    this.#endFirstAttempt();
    if (this.#stopping || this.#saidDown) return;
    this.#saidDown = true;
    // One connection logs the outage at error level; the others of the process would only repeat it.
    const level = this.#purpose === 'commands' ? 'error' : 'debug';
    this.#runtime.log[level](
      { connection: this.#purpose, nodes: describe(this.target), err: error },
      'redis is away: refusing what must be stored, trying again',
    );
  }
}

function describe(target: RedisTarget): string {
  return target.socket ?? target.nodes.map(({ host, port }) => `${host}:${port}`).join(',');
}

/** Creates a client for the address without connecting it. */
function openRedis(target: RedisTarget, runtime: Runtime, connectionName: string, retry: (attempt: number) => number, overrides: ClientOverrides): RedisClient {
  catchOwnCommands();
  const options: RedisOptions & { replyMapping: 'legacy' } = {
    replyMapping: 'legacy',
    connectionName,
    db: target.db,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 3_000,
    keepAlive: 5_000,
    commandTimeout: runtime.config.redis.command_timeout_ms,
    // A silent server never closes its end of the connection, so do not wait long for it.
    disconnectTimeout: 100,
    retryStrategy: retry,
    // After a failover the old master answers READONLY: reconnect, so that the current master is looked up again.
    reconnectOnError: (error) => (refusalOf(error)?.code === 'READONLY' ? 1 : false),
    // CLIENT SETINFO would cost two commands for each connection.
    disableClientInfo: true,
    ...serverOptions(target, runtime.config.redis),
    ...overrides,
  };
  if (target.mode === 'sentinel') {
    const { username: sentinelUsername, password: sentinelPassword, tls: sentinelTLS } = sentinelOptions(target, runtime.config.redis);
    const sentinel = {
      ...(sentinelUsername ? { sentinelUsername } : {}),
      ...(sentinelPassword ? { sentinelPassword } : {}),
      ...(sentinelTLS ? { sentinelTLS, enableTLSForSentinelMode: true } : {}),
    };
    return new Redis({ ...options, ...sentinel, sentinels: [...target.nodes], name: target.name ?? '', sentinelRetryStrategy: retry });
  }
  if (target.mode === 'cluster') {
    const clusterOptions: ClusterOptionsOf = {
      lazyConnect: true,
      enableOfflineQueue: overrides.enableOfflineQueue ?? false,
      shardedSubscribers: true,
      clusterRetryStrategy: retry,
      // SlotRefresh refreshes the slots instead.
      slotsRefreshInterval: 0,
      redisOptions: options,
    };
    return new Cluster([...target.nodes], clusterOptions);
  }
  const [node] = target.nodes;
  return new Redis({ ...options, ...(target.socket ? { path: target.socket } : node) });
}
