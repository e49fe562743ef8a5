// The client's needs of its environment. Browsers and Node provide them; other hosts (mini-programs of phone apps, native web views)
// pass their own.

/** The part of a WebSocket that the transport uses. */
export interface WebSocketLike {
  binaryType?: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
}

export interface Host {
  /** Opens a socket to this address; absent: the global `WebSocket`. */
  readonly webSocket?: (url: string) => WebSocketLike;
  /** Fetches a JSON document; rejects on failure. */
  readonly getJson?: (url: string) => Promise<unknown>;
  /** Stores small texts across visits; may throw. */
  readonly storage?: Pick<Storage, 'getItem' | 'setItem'>;
  /** Whether the page is visible; `onChange` returns a function that removes the listener. */
  readonly visibility?: Visibility;
  /** Calls when the network is back; returns a function that removes the listener. */
  readonly onNetwork?: (listener: () => void) => () => void;
}

export interface Visibility {
  readonly hidden: boolean;
  onChange(listener: () => void): () => void;
}

const jsonTimeoutMs = 5_000;

/** The host made of the globals of this browser or Node; any part may be missing. */
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

/** A browser may refuse storage to a page. */
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
