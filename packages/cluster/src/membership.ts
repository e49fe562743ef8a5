// Announces this process to the cluster and lists the other members. The list is at most one interval old; a process that died disappears
// after `cluster.member_ttl_ms`.
import type { Bus, Member } from '@danmux/bus';
import { type ConfigDigest, digestConfig, type Part, Periodic, type Runtime } from '@danmux/runtime';
import { ProcessStats, type RoleNumbers } from './process-stats.ts';

/** What a role announces about itself. */
export interface MembershipOptions {
  readonly role: string;
  readonly address: () => string;
  /** URL at which viewers reach the process; undefined when viewers use `address`. */
  readonly url?: () => string | undefined;
  /** Load of the process, from 0 (idle) to 1 (full). */
  readonly load: () => number;
  /** Returns the measurements of the role; called at most every two seconds. */
  readonly numbers?: () => Promise<RoleNumbers>;
}

/**
 * Keeps this process announced while it runs. `drain` withdraws the announcement; after a crash it expires by itself. It never throws when the
 * store is away.
 */
export class Membership implements Part {
  readonly name = 'membership';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #options: MembershipOptions;
  readonly #id: string;
  /** The config does not change while the process runs. */
  readonly #settings: ConfigDigest;
  readonly #numbers: ProcessStats;
  readonly #announcing: Periodic;

  constructor(runtime: Runtime, bus: Bus, options: MembershipOptions) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#options = options;
    // A process may run several roles; each is a separate member.
    this.#id = `${options.role}@${runtime.node}`;
    this.#settings = digestConfig(runtime.config, options.role);
    this.#numbers = new ProcessStats(runtime, options.numbers ?? (async () => ({})));
    // Only a debug line, because the connection to the store already reports an outage.
    const failure = { where: 'membership', message: 'could not announce this process', level: 'debug' } as const;
    this.#announcing = new Periodic(runtime, { everyMs: runtime.config.cluster.announce_interval_ms, ...failure }, () => this.#announce());
  }

  get id(): string {
    return this.#id;
  }

  async start(): Promise<void> {
    this.#numbers.start();
    this.#announcing.start();
    await this.#announcing.now();
  }

  /** Leaves the cluster immediately, so that no more traffic is sent here. */
  async drain(): Promise<void> {
    await this.#announcing.stop();
    await this.#bus.members
      .leave(this.#id)
      .catch((error: unknown) => this.#runtime.log.debug({ err: error }, 'could not leave the cluster; the announcement expires by itself'));
  }

  async stop(): Promise<void> {
    this.#numbers.stop();
    await this.#announcing.stop();
  }

  /** A failed measurement must not prevent the announcement. */
  async #measured(): Promise<Pick<Member, 'numbers'>> {
    try {
      return { numbers: await this.#numbers.read() };
    } catch (error) {
      this.#runtime.caught('membership', error, 'could not measure this process', { level: 'debug' });
      return {};
    }
  }

  async #announce(): Promise<void> {
    const { role, address, load, url } = this.#options;
    const measured = await this.#measured();
    const { version, degraded } = this.#runtime;
    const wrong = degraded.list.length > 0 ? { degraded: degraded.list } : {};
    const reachable = url?.();
    const at = { address: address(), ...(reachable === undefined ? {} : { url: reachable }) };
    const member: Member = { id: this.#id, role, ...at, version, load: load(), settings: this.#settings, ...measured, ...wrong };
    await this.#bus.members.announce(member, this.#runtime.config.cluster.member_ttl_ms);
  }
}
