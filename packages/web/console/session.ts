// The session: an API key, stored for this tab only, and its permissions. The key is stored nowhere that outlives the tab.
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

  /** Why the last session ended, if not by the operator. */
  get ended(): 'refused' | null {
    return this.#ended;
  }

  may(scope: Scope): boolean {
    const scopes = this.#info?.scopes ?? [];
    return scopes.includes(scope) || scopes.includes('admin');
  }

  /** Null when the page may be opened; otherwise the missing scope, or access to every room. */
  lacks(page: PageName): Scope | 'rooms' | null {
    const { scope, allRooms } = pages[page];
    if (!this.may(scope)) return scope;
    return allRooms && this.#info?.rooms ? 'rooms' : null;
  }

  begin(key: string): void {
    this.#key = key;
    this.#ended = null;
  }

  /** The api has confirmed the key. */
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
