// Starts an edge and a relay on one bus inside the test process, and connects plain socket.io clients, without the SDK.
import assert from 'node:assert/strict';
import { acceptPublication, type Bus, type Marks, userRoomOf } from '@danmux/bus';
import { EdgeRole } from '@danmux/edge';
import type { Frame, From, Gap, Msg, Notice, Reply } from '@danmux/protocol';
import { RelayRole } from '@danmux/relay';
import { type Clock, type Runtime, signViewerToken } from '@danmux/runtime';
import { io, type Socket } from 'socket.io-client';
import { closeAfter, type Owner } from './teardown.ts';
import { type Settings, testBus, testRuntime } from './unit.ts';

export const room = 'live:1';

export interface PushOptions {
  readonly data?: unknown;
  readonly from?: From;
  readonly marks?: Marks;
}

export interface EdgeFixture {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly edge: EdgeRole;
  readonly url: string;
  token(user: string, claims?: object, ttlS?: number): Promise<string>;
  connect(options?: { token?: string; transports?: string[] }): Viewer;
  /** Connects a viewer with a token and joins the room. */
  enter(user: string, claims?: object, where?: string): Promise<Viewer>;
  push(type: string, id: string, where?: string, options?: PushOptions): Promise<void>;
  /** Publishes a message to all connections of one user. */
  pushToUser(user: string, type: string, id: string): Promise<void>;
}

/** The fields of an ok reply; fails the test otherwise. */
export function must<T>(reply: Reply<T>): T {
  assert.ok(reply.ok, JSON.stringify(reply));
  return reply;
}

/** A stock socket.io client that records everything it receives. */
export class Viewer {
  readonly socket: Socket;
  readonly msgs: Msg[] = [];
  readonly gaps: Gap[] = [];
  readonly notices: Notice[] = [];
  readonly log: string[] = [];

  constructor(url: string, options: { token?: string; transports?: string[] }) {
    this.socket = io(url, {
      auth: options.token === undefined ? {} : { token: options.token },
      transports: options.transports ?? ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    this.socket.on('frame', ({ msgs }: Frame) => {
      this.log.push('frame');
      this.msgs.push(...msgs);
    });
    this.socket.on('gap', (gap: Gap) => this.gaps.push(gap));
    this.socket.on('notice', (notice: Notice) => this.notices.push(notice));
  }

  connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.socket.connected) resolve();
      this.socket.once('connect', resolve);
      this.socket.once('connect_error', reject);
    });
  }

  /** Emits an event and resolves with the ack; rejects after five seconds without one. */
  ask<T = Record<string, unknown>>(event: string, ...args: unknown[]): Promise<Reply<T>> {
    return this.socket.timeout(5_000).emitWithAck(event, ...args) as Promise<Reply<T>>;
  }

  /** Emits an event and resolves with the error code of the ack, or `ok`. */
  async code(event: string, ...args: unknown[]): Promise<string> {
    const reply = await this.ask(event, ...args);
    return reply.ok ? 'ok' : reply.error.code;
  }

  ids(): string[] {
    return this.msgs.map(({ id }) => id);
  }
}

/** Starts an edge and a relay on a new bus, or on `sharedBus`, which its owner stops. */
export async function startEdge(owner: Owner, set: Settings = {}, sharedBus?: Bus, clock?: Clock): Promise<EdgeFixture> {
  const fixed = { shards: 4, 'edge.port': 0, 'edge.drain_ms': 100, 'edge.presence_interval_ms': 20, 'relay.chat_per_second': 100_000 };
  const runtime = testRuntime(owner, { ...fixed, ...set }, clock ? { clock } : {});
  const { config } = runtime;
  const bus = sharedBus ?? testBus(owner, runtime);
  if (!sharedBus) await bus.start();
  const relay = new RelayRole(runtime, bus);
  const edge = new EdgeRole(runtime, bus);
  closeAfter(owner, () => relay.stop());
  await relay.start();
  closeAfter(owner, () => edge.stop());
  await edge.start();
  const url = `http://${edge.address()}`;
  const token: EdgeFixture['token'] = async (user, claims = {}, ttlS = 60) =>
    (await signViewerToken(config.viewer, { sub: user, ...claims }, ttlS, Date.now())).token;
  const connect: EdgeFixture['connect'] = (options = {}) => {
    const viewer = new Viewer(url, options);
    closeAfter(owner, () => viewer.socket.disconnect());
    return viewer;
  };
  const push: EdgeFixture['push'] = async (type, id, where = room, { data = { id }, from, marks } = {}) => {
    const incoming = { room: where, type, data, id, ...(from ? { from } : {}), ...(marks ? { marks } : {}) };
    const [receipt] = await bus.ingress.publish([acceptPublication(incoming, { types: config.messages.types, maxData: 10_000, now: Date.now() })]);
    if (!receipt || receipt instanceof Error) throw receipt;
  };
  return {
    runtime,
    bus,
    edge,
    url,
    token,
    connect,
    enter: async (user, claims, where = room) => {
      const viewer = connect({ token: await token(user, claims) });
      await viewer.connected();
      must(await viewer.ask('join', { room: where }));
      return viewer;
    },
    push,
    pushToUser: (user, type, id) => push(type, id, userRoomOf(user), { marks: { to: user } }),
  };
}
