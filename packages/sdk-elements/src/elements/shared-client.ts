// Clients that the elements of a page share: those with the same addresses and token have one connection, and those in the same room
// are told by one Room. A room is left and a client closed a moment after the last element let go of it, so that an element that
// is moved in the page keeps its connection.
import { type Client, createClient, type Room } from '@danmux/sdk';
import { type TokenUser, userOf } from './token-user.ts';

/** As ClientOptions.token. */
export type Token = string | (() => string | Promise<string>);

export interface Address {
  /** One or several, with commas between. */
  readonly urls: string | undefined;
  readonly gateway: string | undefined;
  readonly token: Token | undefined;
}

/** A share of a client and of one of its rooms. */
export interface Lease {
  readonly client: Client;
  readonly room: Room;
  /** Undefined for a guest, and before a token was got. */
  readonly user: TokenUser | undefined;
  release(): void;
}

interface Shared {
  readonly key: string;
  readonly client: Client;
  readonly holders: Map<string, number>;
  user: TokenUser | undefined;
}

const lingerMs = 250;
const shared = new Map<string, Shared>();
const tokenNumbers = new WeakMap<() => string | Promise<string>, number>();
let lastNumber = 0;

/** Throws a DanmuxError when there is no address, or the room's name is none. */
export function leaseRoom(address: Address, name: string): Lease {
  const entry = entryOf(address);
  const room = entry.client.join(name);
  entry.holders.set(name, (entry.holders.get(name) ?? 0) + 1);
  let held = true;
  return {
    client: entry.client,
    room,
    get user() {
      return entry.user;
    },
    release: () => {
      if (held) setTimeout(() => letGo(entry, room), lingerMs);
      held = false;
    },
  };
}

function entryOf({ urls = '', gateway: path, token }: Address): Shared {
  const url = urls.split(',').flatMap((item) => item.trim() || []);
  const gateway = path === undefined ? undefined : new URL(path, document.baseURI).href;
  const key = JSON.stringify([[...url].sort(), gateway, keyOf(token)]);
  const known = shared.get(key);
  if (known && known.client.state !== 'closed') return known;
  const asked = typeof token === 'function' ? async () => learn(entry, await token()) : token;
  const client = createClient({
    ...(url.length > 0 ? { url } : {}),
    ...(gateway === undefined ? {} : { gateway }),
    ...(asked === undefined ? {} : { token: asked }),
  });
  const entry: Shared = { key, client, holders: new Map(), user: typeof token === 'string' ? userOf(token) : undefined };
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

function letGo(entry: Shared, room: Room): void {
  const left = (entry.holders.get(room.name) ?? 1) - 1;
  entry.holders.set(room.name, left);
  if (left > 0) return;
  entry.holders.delete(room.name);
  if (entry.holders.size === 0) {
    if (shared.get(entry.key) === entry) shared.delete(entry.key);
    entry.client.close();
    return;
  }
  // Without a connection the server has let it go already.
  room.leave().catch(() => undefined);
}
