// The session: an API key and its permissions. The key is stored in sessionStorage only, which the browser deletes with the tab.
import { type PageName, pages, type Scope } from './pages.ts';

interface KeyInfo {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly rooms?: readonly string[];
}

const storedUnder = 'danmux.console.key';

class Session extends EventTarget {
  #key: string | null = sessionStorage.getItem(storedUnder);
  #info: KeyInfo | null = null;
  #ended: 'refused' | null = null;

  get key(): string | null {
    return this.#key;
  }

  /** Null until the api has confirmed the key. */
  get info(): KeyInfo | null {
    return this.#info;
  }

  /** `refused` when the last session ended because the api refused its key; otherwise null. */
  get ended(): 'refused' | null {
    return this.#ended;
  }

  may(scope: Scope): boolean {
    const scopes = this.#info?.scopes ?? [];
    return scopes.includes(scope) || scopes.includes('admin');
  }

  /** Null when the key may open the page; otherwise the missing scope, or `rooms` when the key is limited to some rooms. */
  lacks(page: PageName): Scope | 'rooms' | null {
    const { scope, allRooms } = pages[page];
    if (!this.may(scope)) return scope;
    return allRooms && this.#info?.rooms ? 'rooms' : null;
  }

  begin(key: string): void {
    this.#key = key;
    this.#ended = null;
  }

  /** Call when the api has confirmed the key: opens the console and stores the key for reloads of the tab. */
  prove(info: KeyInfo): void {
    if (this.#key === null) return;
    this.#info = info;
    sessionStorage.setItem(storedUnder, this.#key);
    this.#changed();
  }

  end(why: 'refused' | null): void {
    if (this.#key === null && this.#ended === why) return;
    this.#key = null;
    this.#info = null;
    this.#ended = why;
    sessionStorage.removeItem(storedUnder);
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

export const session = new Session();
