// What a viewer does not want to see: modes, types, users, words and regular expressions. Pure; what is one's own is asked elsewhere.
import type { DanmakuMode } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';

interface Judged {
  readonly text?: string;
  readonly mode?: DanmakuMode;
  readonly type: string;
  readonly user?: string;
}

export class BlockList {
  #modes: ReadonlySet<string> = new Set();
  #types: ReadonlySet<string> = new Set();
  #users: ReadonlySet<string> = new Set();
  #words: readonly string[] = [];
  #expressions: readonly RegExp[] = [];

  configure({ hiddenModes, hiddenTypes, blockedUsers, blockedWords }: OverlaySettings): void {
    this.#modes = new Set(hiddenModes);
    this.#types = new Set(hiddenTypes);
    this.#users = new Set(blockedUsers);
    const expressions = blockedWords.map(expressionOf);
    this.#expressions = expressions.filter((expression) => expression !== undefined);
    this.#words = blockedWords.filter((_, index) => expressions[index] === undefined).map((word) => word.toLowerCase());
  }

  blocks({ text = '', mode, type, user }: Judged): boolean {
    if (this.#types.has(type) || (mode !== undefined && this.#modes.has(mode)) || (user !== undefined && this.#users.has(user))) return true;
    const small = text.toLowerCase();
    return this.#words.some((word) => small.includes(word)) || this.#expressions.some((expression) => expression.test(text));
  }
}

/** Of `/…/` or `/…/i`; what cannot be read as one is a word. */
function expressionOf(word: string): RegExp | undefined {
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(word) ?? [];
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, flags);
  } catch {
    // A viewer may be in the middle of typing it.
    return undefined;
  }
}
