// The viewer's filters: modes, types, users, words and regular expressions. The caller must exempt the viewer's own messages.
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

/** Parses `/…/` with any of the flags i, m, s and u. Returns undefined for a word and for an invalid expression, which is then matched as a word. */
function expressionOf(word: string): RegExp | undefined {
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(word) ?? [];
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, flags);
  } catch {
    // An invalid expression is not reported, because the viewer may still be typing it.
    return undefined;
  }
}
