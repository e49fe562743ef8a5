// The notes on the page, for the person who sets it up. Notes about the address pass after 20 s, because viewers of the stream see them; the
// reason why the page is empty stays until it is not.

const passAfterMs = 20_000;

export class Notes {
  readonly #box: HTMLElement;
  #reason: HTMLElement | undefined;

  constructor(box: HTMLElement) {
    this.#box = box;
  }

  /** Shows one paragraph per line; with `passes` they are removed after 20 s. */
  show(lines: readonly string[], passes: boolean): void {
    const shown = lines.map((line) => this.#add(line));
    const remove = () => {
      for (const line of shown) this.#remove(line);
    };
    if (passes) setTimeout(remove, passAfterMs);
  }

  /** Shows why the page is empty; replaces the previous reason. */
  reason(text: string): void {
    if (this.#reason?.textContent === text) return;
    this.clear();
    this.#reason = this.#add(text);
  }

  /** Removes the reason: the page works. */
  clear(): void {
    if (this.#reason) this.#remove(this.#reason);
    this.#reason = undefined;
  }

  #add(text: string): HTMLElement {
    const line = document.createElement('p');
    line.textContent = text;
    this.#box.append(line);
    this.#box.hidden = false;
    return line;
  }

  #remove(line: HTMLElement): void {
    line.remove();
    this.#box.hidden = this.#box.childElementCount === 0;
  }
}
