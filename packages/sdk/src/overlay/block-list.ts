// The viewer's filters: modes, types, users, words and regular expressions. Pure; exceptions for the viewer's own messages are the caller's.
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

/** Parses `/…/` or `/…/i`; an invalid expression is matched as a word. */
function expressionOf(word: string): RegExp | undefined {
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(word) ?? [];
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, flags);
  } catch {
    // A viewer may still be typing the expression.
    return undefined;
  }
}
