// The content filter of an edge: the word lists judge a message first; a message they pass goes to the backend's hook, if configured.
import type { Bus } from '@danmux/bus';
import { DanmuxError, type From } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';
import type { Filter, FilteredMessage, Verdict } from './filter.ts';
import { Hook } from './hook.ts';
import type { WordFinding } from './word-filter.ts';
import { WordLists } from './word-lists.ts';

/** Start it before the edge accepts viewers; stop it after the last viewer is disconnected. */
export function createFilter(runtime: Runtime, bus: Bus): Filter & Part {
  return new MessageFilter(runtime, bus);
}

/** Retry hint while the word lists are loading, milliseconds. */
const unknownListsRetryMs = 500;

class MessageFilter implements Filter, Part {
  readonly name = 'filter';
  readonly #runtime: Runtime;
  readonly #words: WordLists;
  readonly #hook: Hook | null;
  readonly #exempt: ReadonlySet<unknown>;
  readonly #hookTypes: ReadonlySet<string>;

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#words = new WordLists(runtime, bus);
    const { exempt_roles, hook } = runtime.config.moderation;
    this.#hook = hook.url === '' ? null : new Hook(runtime);
    this.#hookTypes = new Set(hook.types);
    this.#exempt = new Set(exempt_roles);
  }

  async start(): Promise<void> {
    await this.#words.start();
    await this.#hook?.start();
  }

  async stop(): Promise<void> {
    await this.#hook?.stop();
    await this.#words.stop();
  }

  async judge(message: FilteredMessage): Promise<Verdict> {
    const verdict = this.#byWords(message);
    if (verdict.action !== 'pass' || !this.#hook || !this.#hookTypes.has(message.type)) return verdict;
    return this.#hook.judge({ ...message, data: verdict.data });
  }

  #byWords(message: FilteredMessage): Verdict {
    const finding = this.#find(message);
    if (finding.action !== 'pass') this.#runtime.metrics.screened.inc({ by: 'words', action: finding.action });
    switch (finding.action) {
      case 'block':
        this.#runtime.log.debug({ id: message.id, room: message.room, list: finding.list }, 'message blocked by a word list');
        throw new DanmuxError('content_blocked');
      case 'hold':
        return { action: 'hold', data: finding.data, reason: `words:${finding.list}` };
      case 'shadow':
        return { action: 'shadow', data: finding.data };
      default:
        return { action: 'pass', data: finding.data };
    }
  }

  #find({ room, data, viewer }: FilteredMessage): WordFinding {
    if (this.#isExempt(viewer.from)) return { action: 'pass', data };
    const { filter } = this.#words;
    if (!filter) throw new DanmuxError('unavailable', { message: 'The word lists are still loading; try again.', retryAfterMs: unknownListsRetryMs });
    return filter.judge(room, data);
  }

  #isExempt({ roles }: From & { readonly roles?: unknown }): boolean {
    return Array.isArray(roles) && roles.some((role) => this.#exempt.has(role));
  }
}
