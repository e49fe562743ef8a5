// Connects an element to its room: a given Room, or a room of the client that elements with the same addresses and token share. It starts when the
// element is added to the page, restarts when one of the `linkProperties` changes, and ends when the element is removed.
import { DanmuxError, type Msg, type Notice } from '@danmux/protocol';
import type { AnyRoom, ClientState } from '@danmux/sdk';
import type { LitElement, ReactiveController } from 'lit';
import { type Lease, leaseRoom, type Token } from './shared-client.ts';
import type { TokenUser } from './token-user.ts';

/** The attributes and properties of elements that show a room. */
export const linkProperties = {
  url: { type: String },
  gateway: { type: String },
  room: {},
  token: {},
  userId: { type: String, attribute: 'user-id' },
} as const;

export interface Linked extends LitElement {
  url: string | undefined;
  /** Address of `GET /v1/gateway`, which lists the edges. The list replaces `url`, which is used until the list is received. */
  gateway: string | undefined;
  room: AnyRoom | string | undefined;
  token: Token | undefined;
  /** The viewer's user id; default the `sub` of the token. */
  userId: string | undefined;
}

export interface LinkListener {
  /** Called when the element has its room, which may not be joined yet. Adds listeners to the room and returns functions that remove them. */
  linked(room: AnyRoom): readonly (() => void)[];
  state(state: ClientState): void;
  failed(error: DanmuxError): void;
  /** A personal message to this user. */
  personal?(msg: Msg): void;
  /** A notice for all rooms; notices for one room are emitted by the room. */
  noticed?(notice: Notice): void;
}

export class RoomLink implements ReactiveController {
  readonly #host: Linked;
  readonly #listener: LinkListener;
  #lease: Lease | undefined;
  #room: AnyRoom | undefined;
  #ends: (() => void)[] = [];
  #open = false;
  #madeOf: readonly unknown[] = [];

  constructor(host: Linked, listener: LinkListener) {
    this.#host = host;
    this.#listener = listener;
    host.addController(this);
  }

  get room(): AnyRoom | undefined {
    return this.#room;
  }

  get user(): TokenUser | undefined {
    const { userId } = this.#host;
    return userId === undefined ? this.#lease?.user : { level: 0, roles: [], ...this.#lease?.user, id: userId };
  }

  /** True when the element connects without a token; false for a given Room, whose token is unknown here. */
  get guest(): boolean {
    return this.#lease !== undefined && this.#host.token === undefined;
  }

  hostConnected(): void {
    // Deferred, so that a script can set all attributes first.
    queueMicrotask(() => this.#host.isConnected && this.#begin());
  }

  hostDisconnected(): void {
    this.#end();
  }

  hostUpdate(): void {
    const { url, gateway, room, token, userId } = this.#host;
    if (!this.#open || [url, gateway, room, token, userId].every((value, index) => value === this.#madeOf[index])) return;
    this.#end();
    this.#begin();
  }

  #begin(): void {
    if (this.#open) return;
    this.#open = true;
    const { url, gateway, room, token, userId } = this.#host;
    this.#madeOf = [url, gateway, room, token, userId];
    try {
      if (typeof room === 'object') this.#enter(room);
      else if ((url || gateway) && room) this.#useLease(leaseRoom({ urls: url || undefined, gateway: gateway || undefined, token: token || undefined }, room));
    } catch (error) {
      if (error instanceof DanmuxError) this.#listener.failed(error);
      else throw error;
    }
  }

  #useLease(lease: Lease): void {
    this.#lease = lease;
    const { client } = lease;
    this.#ends.push(
      client.on('state', (state) => this.#listener.state(state)),
      client.on('error', (error) => this.#listener.failed(error)),
      client.on('message', (msg) => this.#listener.personal?.(msg)),
      client.on('notice', (notice) => notice.room === undefined && this.#listener.noticed?.(notice)),
    );
    this.#enter(lease.room);
    this.#listener.state(client.state);
  }

  #enter(room: AnyRoom): void {
    this.#room = room;
    this.#ends.push(
      room.on('joined', () => this.#listener.state('online')),
      room.on('away', ({ state }) => this.#listener.state(state)),
      room.on('error', (error) => this.#listener.failed(error)),
      ...this.#listener.linked(room),
    );
    if (room.joined) this.#listener.state('online');
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const end of this.#ends.splice(0)) end();
    this.#lease?.release();
    this.#lease = undefined;
    this.#room = undefined;
  }
}
