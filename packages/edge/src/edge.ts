// The edge role: creates its parts and starts and stops them in order. It keeps viewers connected while relays,
// APIs and workers are down.
import type { Bus } from '@danmux/bus';
import { laneTotals, Membership, Publisher, type RoleNumbers, TraceHops, totalOf } from '@danmux/cluster';
import { Rules } from '@danmux/policy';
import { DanmuxError } from '@danmux/protocol';
import { type Part, type Runtime, TokenVerifier } from '@danmux/runtime';
import { Door } from './door/door.ts';
import { publicUrlOf } from './door/public-url.ts';
import { createDelivery, type Delivery } from './fan-out/create-delivery.ts';
import { Recovery } from './feed/recovery.ts';
import { createModeration } from './moderation/create-moderation.ts';
import { Enforcement } from './moderation/enforcement.ts';
import { PersonalMessages } from './personal/messages.ts';
import { createRequests } from './requests/create-requests.ts';
import { createRooms } from './room/create-rooms.ts';
import { Sessions } from './session/sessions.ts';
import { TokenExpiry } from './session/token-expiry.ts';
import { WatchKeys } from './session/watch-keys.ts';

export class EdgeRole implements Part {
  readonly name = 'edge';
  readonly #runtime: Runtime;
  readonly #sessions = new Sessions();
  readonly #tokens: TokenVerifier;
  readonly #delivery: Delivery;
  readonly #door: Door;
  readonly #membership: Membership;
  /** Started before viewers may connect; stopped after the last viewer has disconnected. */
  readonly #beforeViewers: Part[];
  /** Started when viewers may connect; stopped in reverse order before viewers are disconnected. */
  readonly #withViewers: Part[];

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    const sessions = this.#sessions;
    const tokens = new TokenVerifier(runtime);
    this.#tokens = tokens;
    const keys = new WatchKeys(runtime, bus, sessions.all);
    const hops = new TraceHops(runtime, bus, `edge@${runtime.node}`);
    const delivery = createDelivery(runtime, bus, { sessions, hops });
    const { fanOut, receipts, outbox } = delivery;
    // The callback uses `enforcement` before its declaration, because the parts depend on each other: a changed rule expels viewers from rooms, and
    // rooms read rules.
    const rules = new Rules(runtime, bus, (change) => enforcement.apply(change));
    const { rooms, presence, joinLeaveEvents } = createRooms(runtime, bus, { ...delivery, rules });
    const enforcement = new Enforcement(runtime.clock, { sessions, rooms });
    const { filter, guard, hidden } = createModeration(runtime, bus, { rules, fanOut });
    const personal = new PersonalMessages(runtime, bus, { sessions, ledger: outbox.ledger, receipts });
    const recovery = new Recovery(runtime, bus);
    const publisher = new Publisher(runtime, bus, 'edge', hops);
    const requests = createRequests(runtime, bus, { tokens, keys, rooms, recovery, presence, rules, receipts, personal, guard, hidden, publisher });
    this.#delivery = delivery;
    this.#door = new Door(runtime, bus, { sessions, tokens, keys, outbox, rules, requests, rooms });
    this.#membership = new Membership(runtime, bus, {
      role: 'edge',
      address: () => this.address(),
      url: () => publicUrlOf(runtime.config.edge, Number(this.address().split(':').at(-1))),
      load: () => sessions.size / runtime.config.edge.max_connections,
      numbers: () => this.#numbers(),
    });
    this.#beforeViewers = [keys, rules, filter, personal, joinLeaveEvents];
    this.#withViewers = [hops, hidden, receipts, presence, new TokenExpiry(runtime, sessions.all), this.#membership];
  }

  /** `host:port` at which viewers reach this edge; valid after `start`. */
  address(): string {
    return this.#door.address();
  }

  async start(): Promise<void> {
    for (const part of this.#beforeViewers) await part.start();
    await this.#tokens.start();
    await this.#door.start();
    for (const part of this.#withViewers) await part.start();
    this.#runtime.health.register('edge', () => {
      if (this.#door.draining) throw new DanmuxError('draining');
    });
  }

  /** Disconnects all of a user's connections, on every edge. */
  disconnectUser(user: string): void {
    this.#door.disconnectUser(user);
  }

  async drain(): Promise<void> {
    this.#door.refuse();
    await this.#membership.drain();
    await this.#door.drain();
  }

  async stop(): Promise<void> {
    this.#door.refuse();
    for (const part of [...this.#withViewers].reverse()) await part.stop();
    await this.#door.stop();
    await this.#delivery.stop();
    for (const part of [...this.#beforeViewers].reverse()) await part.stop();
  }

  async #numbers(): Promise<RoleNumbers> {
    const { delivered, deliveredBytes } = this.#runtime.metrics;
    const { hub, outbox } = this.#delivery;
    const gauges = {
      connections: this.#sessions.size,
      rooms: hub.size,
      waiting_viewers: outbox.flusher.size,
      waiting_bytes: outbox.flusher.bytes,
    };
    return { gauges, messages: await laneTotals(delivered), outBytes: await totalOf(deliveredBytes) };
  }
}
