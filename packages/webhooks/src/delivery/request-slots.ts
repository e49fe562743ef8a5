// Bounds the concurrent requests of a process, and so its sockets. Each target may use only a share of them, so that a hanging target does
// not block the others.
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

  /** Concurrent requests allowed for one target. */
  get ofTarget(): number {
    return this.#mostOfTarget;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Takes a slot. Returns false when no slot is free; `freed` is then called once, when a slot becomes free. */
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
