// The lines of a chat list in order of time: messages (each once; those of the viewer as soon as they are sent), gifts and gaps. When there are more
// than the cap, the oldest are removed until nine tenths of the cap are left. It draws nothing.
import type { DanmuxError, Msg } from '@danmux/protocol';
import { type Entry, entryFrom, entryOf } from './chat-entry.ts';

/** Number of newest lines among which a late message is placed by its time. A message older than all of them is put before them. */
const lookBack = 300;

export class ChatLog {
  readonly #changed: () => void;
  readonly #byId = new Map<string, Entry>();
  #entries: Entry[] = [];
  #max: number;
  #added = 0;

  constructor(max: number, changed: () => void) {
    this.#max = max;
    this.#changed = changed;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Number of lines added so far, including removed ones. */
  get added(): number {
    return this.#added;
  }

  set max(max: number) {
    this.#max = Math.max(1, max);
    this.#shorten();
  }

  message(msg: Msg, own: boolean): void {
    const existing = this.#byId.get(msg.id) ?? (own ? this.#pendingLike(msg) : undefined);
    const entry = entryOf(msg, own);
    if (!entry) return;
    if (existing) {
      this.#byId.set(msg.id, existing);
      // The server's text replaces the sent one, because it may have masked a word.
      Object.assign(existing, { id: msg.id, from: entry.from ?? existing.from, text: entry.text, state: 'accepted' });
    } else this.#add(entry);
    this.#changed();
  }

  /** Adds a pending line for a message being sent; a retry with the same `cid` reuses its line. */
  sending(outgoing: Pick<Entry, 'text' | 'from'> & { cid: string; type: string; data: unknown }): void {
    const existing = this.#ofCid(outgoing.cid);
    if (existing) existing.state = 'pending';
    else this.#add(entryFrom({ kind: 'chat', ts: this.#entries.at(-1)?.ts ?? 0, ...outgoing, own: true, state: 'pending' }));
    this.#changed();
  }

  sent(cid: string, id: string, held: boolean): void {
    const pending = this.#ofCid(cid);
    if (!pending) return;
    const delivered = this.#byId.get(id);
    if (delivered && delivered !== pending) this.#drop(pending);
    else {
      this.#byId.set(id, pending);
      pending.id = id;
      if (pending.state !== 'accepted') pending.state = held ? 'held' : 'accepted';
    }
    this.#changed();
  }

  unsent(cid: string, error: DanmuxError): void {
    const entry = this.#ofCid(cid);
    if (entry) Object.assign(entry, { state: 'failed', error });
    this.#changed();
  }

  /**
   * Adds a gap line with this number of missed messages (0: unknown). If the last line is a gap, the number is added to that line; with an unknown
   * number, the sum is the least.
   */
  gap(count: number): void {
    const last = this.#entries.at(-1);
    if (last?.kind === 'gap') Object.assign(last, { count: last.count + count, atLeast: last.atLeast === true || count === 0 });
    else this.#add(entryFrom({ kind: 'gap', ts: last?.ts ?? 0, count, atLeast: count === 0 }));
    this.#changed();
  }

  remove(id: string): void {
    const entry = this.#byId.get(id);
    if (entry && !entry.parts) this.discard(entry);
    else this.#removePart(id);
  }

  discard(entry: Entry): void {
    this.#drop(entry);
    this.#changed();
  }

  clear(): void {
    this.#entries = [];
    this.#byId.clear();
    this.#changed();
  }

  /** Removes one gift of a merged line; removes the line when no gift is left. */
  #removePart(id: string): void {
    const entry = this.#entries.findLast(({ parts }) => parts?.some((part) => part.id === id));
    if (!entry?.parts) return;
    entry.parts = entry.parts.filter((part) => part.id !== id);
    entry.count = entry.parts.reduce((sum, { count }) => sum + count, 0);
    if (entry.parts.length === 0) this.discard(entry);
    else this.#changed();
  }

  #add(entry: Entry): void {
    let at = this.#entries.length;
    const first = Math.max(0, at - lookBack);
    while (at > first && (this.#entries[at - 1]?.ts ?? 0) > entry.ts) at--;
    if (at === this.#entries.length) this.#entries.push(entry);
    else this.#entries.splice(at, 0, entry);
    if (entry.id !== undefined) this.#byId.set(entry.id, entry);
    this.#added++;
    this.#shorten();
  }

  #shorten(): void {
    if (this.#entries.length <= this.#max) return;
    const remaining = Math.max(1, Math.floor(this.#max * 0.9));
    for (const { id } of this.#entries.splice(0, this.#entries.length - remaining)) if (id !== undefined) this.#byId.delete(id);
  }

  #drop(entry: Entry): void {
    const at = this.#entries.lastIndexOf(entry);
    if (at >= 0) this.#entries.splice(at, 1);
    if (entry.id !== undefined) this.#byId.delete(entry.id);
  }

  #ofCid(cid: string): Entry | undefined {
    return this.#entries.findLast((entry) => entry.cid === cid);
  }

  /** Finds the pending line with the same text, because the server's copy may arrive before the answer that contains the message's id. */
  #pendingLike(msg: Msg): Entry | undefined {
    const text = entryOf(msg, true)?.text;
    return this.#entries.find((entry) => entry.state === 'pending' && entry.id === undefined && entry.text === text);
  }
}
