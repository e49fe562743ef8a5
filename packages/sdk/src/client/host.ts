// The host functions that the client uses: sockets, HTTP, storage, visibility. Browsers and Node have them; applications in other hosts
// (mini-programs of phone apps, native web views) pass their own.

/** The members of a WebSocket that the transport uses. */
export interface WebSocketLike {
  binaryType?: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
}

/**
 * All members are optional; for an absent one the client uses the function of the browser or Node, if there is one. Without `getJson` the option
 * `gateway` has no effect; without `storage` no edge is remembered, without `visibility` the page counts as visible, and without `onNetwork` the
 * client does not notice that the network is back.
 */
export interface Host {
  /** Opens a socket to this address; default: the global `WebSocket`. */
  readonly webSocket?: (url: string) => WebSocketLike;
  /** Fetches a JSON document; rejects on a network error or a status other than 2xx. */
  readonly getJson?: (url: string) => Promise<unknown>;
  /** Stores short strings across visits; may throw. */
  readonly storage?: Pick<Storage, 'getItem' | 'setItem'>;
  /** Whether the page is visible; `onChange` returns a function that removes the listener. */
  readonly visibility?: Visibility;
  /** Calls the listener whenever the network is back; returns a function that removes the listener. */
  readonly onNetwork?: (listener: () => void) => () => void;
}

/** Whether the user sees the page. `onChange` returns a function that ends the listening. */
export interface Visibility {
  readonly hidden: boolean;
  onChange(listener: () => void): () => void;
}

const jsonTimeoutMs = 5_000;

/** The host made from the globals of the browser or Node; a part is left out when its globals are missing. */
export function defaultHost(): Host {
  const storage = pageStorage();
  return {
    getJson,
    ...(storage ? { storage } : {}),
    ...(typeof document === 'undefined' ? {} : { visibility: pageVisibility, onNetwork }),
  };
}

const pageVisibility: Visibility = {
  get hidden() {
    return document.hidden;
  },
  onChange(listener) {
    document.addEventListener('visibilitychange', listener);
    return () => document.removeEventListener('visibilitychange', listener);
  },
};

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(jsonTimeoutMs), credentials: 'omit' });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

/** Undefined when the browser denies storage to the page: then even reading `localStorage` throws. */
function pageStorage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

function onNetwork(listener: () => void): () => void {
  addEventListener('online', listener);
  return () => removeEventListener('online', listener);
}
