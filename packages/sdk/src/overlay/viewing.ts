// Reports the page's visibility and the viewer's preference for reduced motion, and changes of both.

export class Viewing {
  readonly #motion = matchMedia('(prefers-reduced-motion: reduce)');
  readonly #seen: () => void;
  readonly #moved: () => void;

  constructor(seen: () => void, moved: () => void) {
    this.#seen = seen;
    this.#moved = moved;
    document.addEventListener('visibilitychange', seen);
    this.#motion.addEventListener('change', moved);
  }

  get hidden(): boolean {
    return document.hidden;
  }

  /** True when the viewer prefers reduced motion. */
  get still(): boolean {
    return this.#motion.matches;
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#seen);
    this.#motion.removeEventListener('change', this.#moved);
  }
}
