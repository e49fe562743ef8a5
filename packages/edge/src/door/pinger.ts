// Pings all viewers from one timer wheel that turns once per ping interval. engine.io uses one timer per connection, which costs memory
// for every viewer.

/** The members of an engine.io socket used here; a ping does the same as engine.io's own. */
export interface PingedConn {
  readonly readyState: string;
  pingIntervalTimer: NodeJS.Timeout | null | undefined;
  /** Set while a ping is unanswered. */
  readonly pingTimeoutTimer: NodeJS.Timeout | null | undefined;
  hasRefreshedPingTimeout: boolean;
  sendPacket(type: 'ping'): void;
  resetPingTimeout(): void;
  close(): void;
}

const places = 20;

export class Pinger {
  readonly #everyMs: number;
  readonly #wheel: Set<PingedConn>[] = Array.from({ length: places }, () => new Set());
  #at = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(pingIntervalMs: number) {
    this.#everyMs = Math.max(1, pingIntervalMs / places);
  }

  start(): void {
    this.#timer = setInterval(() => this.#turn(), this.#everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Takes over the pings of an open connection; the first ping follows after one full interval, as in engine.io. */
  add(conn: PingedConn): void {
    clearTimeout(conn.pingIntervalTimer ?? undefined);
    conn.pingIntervalTimer = null;
    this.#wheel[this.#at]?.add(conn);
  }

  /** Number of connections on the wheel. */
  get size(): number {
    return this.#wheel.reduce((sum, { size }) => sum + size, 0);
  }

  #turn(): void {
    this.#at = (this.#at + 1) % places;
    const due = this.#wheel[this.#at] ?? new Set();
    for (const conn of due) {
      if (conn.readyState === 'open') ping(conn);
      else due.delete(conn);
    }
  }

  /** Removes a connection that ended. */
  remove(conn: PingedConn): void {
    for (const place of this.#wheel) if (place.delete(conn)) return;
  }
}

function ping(conn: PingedConn): void {
  // Another ping would restart the timeout of a connection that does not answer.
  if (conn.pingTimeoutTimer) return;
  // As engine.io does: the first packet after a ping refreshes the timeout.
  conn.hasRefreshedPingTimeout = false;
  conn.sendPacket('ping');
  conn.resetPingTimeout();
}
