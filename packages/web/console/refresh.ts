// Whether the page renews itself: not while it is hidden, nor while the operator holds it.

class Refresh extends EventTarget {
  #held = false;

  constructor() {
    super();
    document.addEventListener('visibilitychange', () => this.#changed());
  }

  get held(): boolean {
    return this.#held;
  }

  get running(): boolean {
    return !this.#held && document.visibilityState === 'visible';
  }

  toggle(): void {
    this.#held = !this.#held;
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

export const refresh = new Refresh();
