// Clients shared by the elements of a page: elements with the same addresses and token share one connection, and those in the same room one Room.
// A room is left and a client closed 250 ms after the last lease was released, so that an element that is moved in the page keeps its connection.
import { type Client, createClient, type Room } from '@danmux/sdk';
import { type TokenUser, userOf } from './token-user.ts';

/** Same as `ClientOptions.token`: a viewer token, or a function that returns one. */
export type Token = string | (() => string | Promise<string>);

export interface Address {
  /** Addresses of edges, separated by commas. */
  readonly urls: string | undefined;
  readonly gateway: string | undefined;
  readonly token: Token | undefined;
}

/** A lease of a shared client and of one of its rooms. */
export interface Lease {
  readonly client: Client;
  readonly room: Room;
  /** The user of the token; undefined for a guest, and until a token function has returned one. */
  readonly user: TokenUser | undefined;
  release(): void;
}

interface Shared {
  readonly key: string;
  readonly client: Client;
  readonly leases: Map<string, number>;
  user: TokenUser | undefined;
}

const lingerMs = 250;
const shared = new Map<string, Shared>();
const tokenNumbers = new WeakMap<() => string | Promise<string>, number>();
let lastNumber = 0;

/** Leases a room of the shared client, which is created on first use. Throws a DanmuxError when there is no address or the room name is invalid. */
export function leaseRoom(address: Address, name: string): Lease {
  const entry = entryOf(address);
  const room = entry.client.join(name);
  entry.leases.set(name, (entry.leases.get(name) ?? 0) + 1);
  let active = true;
  return {
    client: entry.client,
    room,
    get user() {
      return entry.user;
    },
    release: () => {
      if (active) setTimeout(() => release(entry, room), lingerMs);
      active = false;
    },
  };
}

function entryOf({ urls = '', gateway: path, token }: Address): Shared {
  const url = urls.split(',').flatMap((item) => item.trim() || []);
  const gateway = path === undefined ? undefined : new URL(path, document.baseURI).href;
  const key = JSON.stringify([[...url].sort(), gateway, keyOf(token)]);
  const existing = shared.get(key);
  if (existing && existing.client.state !== 'closed') return existing;
  const tokenSource = typeof token === 'function' ? async () => learn(entry, await token()) : token;
  const client = createClient({
    ...(url.length > 0 ? { url } : {}),
    ...(gateway === undefined ? {} : { gateway }),
    ...(tokenSource === undefined ? {} : { token: tokenSource }),
  });
  const entry: Shared = { key, client, leases: new Map(), user: typeof token === 'string' ? userOf(token) : undefined };
  shared.set(key, entry);
  return entry;
}

function learn(entry: Shared, token: string): string {
  entry.user = userOf(token);
  return token;
}

function keyOf(token: Token | undefined): string | number | null {
  if (typeof token !== 'function') return token ?? null;
  const number = tokenNumbers.get(token) ?? ++lastNumber;
  tokenNumbers.set(token, number);
  return number;
}

function release(entry: Shared, room: Room): void {
  const left = (entry.leases.get(room.name) ?? 1) - 1;
  entry.leases.set(room.name, left);
  if (left > 0) return;
  entry.leases.delete(room.name);
  if (entry.leases.size === 0) {
    if (shared.get(entry.key) === entry) shared.delete(entry.key);
    entry.client.close();
    return;
  }
  // The error is ignored: the request fails when the connection is lost, and the server then removes the viewer by itself.
  room.leave().catch(() => undefined);
}
