// Pings viewers from one timer. engine.io gives every connection a timer of its own, which is memory of every viewer; here each
// has a place on a wheel that turns once in a ping interval.

/** The part of an engine.io socket it needs; what it does at a ping is engine.io's own. */
export interface PingedConn {
  readonly readyState: string;
  pingIntervalTimer: NodeJS.Timeout | null | undefined;
  /** Runs while a ping is not answered. */
  readonly pingTimeoutTimer: NodeJS.Timeout | null | undefined;
  hasRefreshedPingTimeout: boolean;
  sendPacket(type: 'ping'): void;
  resetPingTimeout(): void;
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

  /** Takes over the pings of an open connection; its next one comes after a whole interval, as engine.io's would. */
  add(conn: PingedConn): void {
    clearTimeout(conn.pingIntervalTimer ?? undefined);
    conn.pingIntervalTimer = null;
    this.#wheel[this.#at]?.add(conn);
  }

  /** Connections on the wheel. */
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

  /** Forgets a connection that ended. */
  remove(conn: PingedConn): void {
    for (const place of this.#wheel) if (place.delete(conn)) return;
  }
}

function ping(conn: PingedConn): void {
  // Another ping would give who does not answer its time anew.
  if (conn.pingTimeoutTimer) return;
  // engine.io's own bookkeeping: the first packet after a ping does that.
  conn.hasRefreshedPingTimeout = false;
  conn.sendPacket('ping');
  conn.resetPingTimeout();
}
