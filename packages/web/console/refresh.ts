// Decides whether the page updates itself: not while it is hidden or the operator has paused it.

class Refresh extends EventTarget {
  #paused = false;

  constructor() {
    super();
    document.addEventListener('visibilitychange', () => this.#changed());
  }

  get paused(): boolean {
    return this.#paused;
  }

  get running(): boolean {
    return !this.#paused && document.visibilityState === 'visible';
  }

  toggle(): void {
    this.#paused = !this.#paused;
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

export const refresh = new Refresh();
