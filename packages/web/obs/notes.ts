// The notes on the page, for the person who sets it up. Notes about the address disappear after 20 s, because viewers of the stream see them. The
// reason why the page is empty stays until the page works.

const passAfterMs = 20_000;

export class Notes {
  readonly #box: HTMLElement;
  #reason: HTMLElement | undefined;

  constructor(box: HTMLElement) {
    this.#box = box;
  }

  /** Shows each line as a paragraph. If `passes` is true, the paragraphs are removed after 20 s. */
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

  /** Removes the reason why the page was empty. */
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
