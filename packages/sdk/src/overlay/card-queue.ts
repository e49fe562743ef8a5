// Shows paid items as cards for a limited time, a few at once, and queues the others; used by gift banners and pinned super chats. A card stays
// until its animation ends, so its time stops while the player is paused or the page is hidden.
import { ElementPool } from './element-pool.ts';

/** A shown or queued card; `count` is the sum of the counts of all items merged into it. */
export interface Card<Item> {
  readonly item: Item;
  /** Counts of the merged items, by item id. */
  readonly ids: Map<string, number>;
  count: number;
  element?: HTMLElement | undefined;
  animation?: Animation | undefined;
}

export interface CardQueueParts<Item> {
  readonly root: HTMLElement;
  make(): HTMLElement;
  fill(element: HTMLElement, card: Card<Item>): void;
  frames(durationMs: number): Keyframe[];
  /** Milliseconds on screen, given the number of queued cards. */
  duration(item: Item, waiting: number): number;
  /** Current cap on cards shown at the same time. */
  maxShown(): number;
  /** Called after a card was shown or removed. */
  changed(): void;
}

/** An item's count split by ids: a recall of an id removes its count. */
type Counts = readonly { readonly id: string; readonly count: number }[];

const maxWaiting = 1_000;
const maxFree = 8;
const maxIds = 1_000;

export class CardQueue<Item extends { readonly id: string; readonly own?: boolean }> {
  readonly #parts: CardQueueParts<Item>;
  readonly #pool: ElementPool<HTMLElement>;
  readonly #shown = new Set<Card<Item>>();
  #waiting: Card<Item>[] = [];
  #running = true;
  #cap = maxWaiting;
  #dropped = 0;

  constructor(parts: CardQueueParts<Item>) {
    this.#parts = parts;
    this.#pool = new ElementPool(parts.make, maxFree);
  }

  /** Number of cards dropped because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Queues a new card, the viewer's own before those of others, and shows it when there is a free place. */
  show(item: Item, counts: Counts = [{ id: item.id, count: 1 }]): void {
    const entry = { item, ids: new Map(counts.map(({ id, count }) => [id, count])), count: sumOf(counts) };
    const others = item.own ? this.#waiting.findIndex((waiting) => !waiting.item.own) : -1;
    if (others < 0) this.#waiting.push(entry);
    else this.#waiting.splice(others, 0, entry);
    this.#trim();
    this.next();
  }

  find(matches: (item: Item) => boolean): Card<Item> | undefined {
    for (const entry of this.#shown) if (matches(entry.item)) return entry;
    return this.#waiting.find(({ item }) => matches(item));
  }

  /** Adds counts to a card. A shown card stays longer: if its first quarter has passed, its animation is set back to the end of that quarter. */
  add(entry: Card<Item>, counts: Counts): void {
    entry.count += sumOf(counts);
    for (const { id, count } of counts) if (entry.ids.size < maxIds) entry.ids.set(id, count);
    const { element, animation } = entry;
    if (!element || !animation) return;
    this.#fill(element, entry);
    const durationMs = Number(animation.effect?.getComputedTiming().duration ?? 0);
    animation.currentTime = Math.min(Number(animation.currentTime ?? 0), durationMs / 4);
  }

  /** Subtracts this id's count from its card; removes the card when no count is left. */
  remove(id: string): void {
    const entry = [...this.#shown, ...this.#waiting].find(({ ids }) => ids.has(id));
    if (!entry) return;
    entry.count -= entry.ids.get(id) ?? 0;
    entry.ids.delete(id);
    if (entry.ids.size > 0 && entry.count > 0) {
      if (entry.element) this.#fill(entry.element, entry);
      return;
    }
    this.removeWhere((_, other) => other === entry);
  }

  removeWhere(matches: (item: Item, entry: Card<Item>) => boolean): void {
    this.#waiting = this.#waiting.filter((entry) => !matches(entry.item, entry));
    for (const entry of [...this.#shown]) if (matches(entry.item, entry)) this.#removeShown(entry);
    this.next();
  }

  /** Freezes (`running` false) or resumes all cards, and sets the cap on queued ones; past it the oldest is dropped. */
  run(running: boolean, cap = maxWaiting): void {
    this.#running = running;
    this.#cap = cap;
    this.#trim();
    for (const { animation } of this.#shown) {
      if (!running) animation?.pause();
      // `play` is called on paused animations only, because it would restart one that has just finished.
      else if (animation?.playState === 'paused') animation.play();
    }
    this.next();
  }

  /** Shows queued cards until the cap on shown cards is reached. */
  next(): void {
    while (this.#running && this.#shown.size < this.#parts.maxShown()) {
      const entry = this.#waiting.shift();
      if (!entry) return;
      this.#show(entry);
    }
  }

  #trim(): void {
    while (this.#waiting.length > this.#cap) {
      const oldest = this.#waiting.findIndex(({ item }) => !item.own);
      this.#waiting.splice(Math.max(0, oldest), 1);
      this.#dropped++;
    }
  }

  #show(entry: Card<Item>): void {
    const { root, frames, duration, changed } = this.#parts;
    const element = this.#pool.acquire();
    this.#fill(element, entry);
    root.append(element);
    const milliseconds = duration(entry.item, this.#waiting.length);
    const animation = element.animate(frames(milliseconds), { duration: milliseconds, easing: 'ease-out' });
    Object.assign(entry, { element, animation });
    this.#shown.add(entry);
    animation.onfinish = () => {
      this.#removeShown(entry);
      this.next();
    };
    changed();
  }

  #fill(element: HTMLElement, entry: Card<Item>): void {
    element.dataset['id'] = entry.ids.keys().next().value ?? entry.item.id;
    this.#parts.fill(element, entry);
  }

  #removeShown(entry: Card<Item>): void {
    this.#shown.delete(entry);
    const { element, animation } = entry;
    if (!element || !animation) return;
    animation.onfinish = null;
    animation.cancel();
    element.remove();
    this.#pool.release(element);
    entry.element = undefined;
    this.#parts.changed();
  }
}

function sumOf(counts: Counts): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** Shortens a card's time the more cards are queued, so that paid items do not wait long; not below `least` milliseconds. */
export function shortenedByQueue(durationMs: number, waiting: number, least: number): number {
  return Math.max(Math.min(durationMs, least), durationMs / (1 + waiting / 10));
}

/** Keyframes: slide in from `hiddenTransform`, stay, fade out. If it is `none`, the card fades in without moving. */
export function cardFrames(durationMs: number, hiddenTransform: string): Keyframe[] {
  const slide = Math.min(0.25, 350 / durationMs);
  return [
    { transform: hiddenTransform, opacity: 0, offset: 0 },
    { transform: 'none', opacity: 1, offset: slide },
    { transform: 'none', opacity: 1, offset: 1 - slide },
    { transform: 'none', opacity: 0, offset: 1 },
  ];
}
