// What the client needs of where it runs, and what it does without. Browsers and Node give it by themselves; other hosts (the
// mini-programs of phone apps, native web views) put their own in its place.

/** The part of a WebSocket that is used. */
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
  /** Opens a socket to this address; absent: the host's own `WebSocket`. */
  readonly webSocket?: (url: string) => WebSocketLike;
  /** Gets a JSON document; rejects when it cannot be had. */
  readonly getJson?: (url: string) => Promise<unknown>;
  /** Keeps small texts from one visit to the next; may throw. */
  readonly storage?: Pick<Storage, 'getItem' | 'setItem'>;
  /** Whether somebody looks; `onChange` returns a function that takes the listener off. */
  readonly visibility?: Visibility;
  /** Calls when the network is there again; returns a function that takes the listener off. */
  readonly onNetwork?: (listener: () => void) => () => void;
}

export interface Visibility {
  readonly hidden: boolean;
  onChange(listener: () => void): () => void;
}

const jsonTimeoutMs = 5_000;

/** What this browser or Node has; each part by itself may be missing. */
export function ownHost(): Host {
  const storage = ownStorage();
  return {
    getJson,
    ...(storage ? { storage } : {}),
    ...(typeof document === 'undefined' ? {} : { visibility: ownVisibility, onNetwork }),
  };
}

const ownVisibility: Visibility = {
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

/** A browser may refuse it to a page. */
function ownStorage(): Storage | undefined {
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
