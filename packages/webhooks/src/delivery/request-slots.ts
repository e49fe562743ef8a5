// Bounds the requests of a process that are under way at once, and with them its sockets. A target takes of them only so many that
// all targets have some, so that one that hangs holds its own alone.
import type { Config } from '@danmux/runtime';

export class RequestSlots {
  readonly #most: number;
  readonly #mostOfTarget: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor({ webhooks }: Pick<Config, 'webhooks'>, targets: number) {
    this.#most = webhooks.connections;
    this.#mostOfTarget = Math.max(1, Math.min(webhooks.target_connections, Math.floor(webhooks.connections / Math.max(1, targets))));
  }

  /** Requests one target may have under way. */
  get ofTarget(): number {
    return this.#mostOfTarget;
  }

  get taken(): number {
    return this.#taken;
  }

  /** False when none is free: then `freed` is called once, when one is. */
  take(freed: () => void): boolean {
    if (this.#taken >= this.#most) {
      this.#waiting.add(freed);
      return false;
    }
    this.#taken++;
    return true;
  }

  release(): void {
    this.#taken--;
    const [next] = this.#waiting;
    if (!next) return;
    this.#waiting.delete(next);
    next();
  }
}
