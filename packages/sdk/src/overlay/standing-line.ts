// Things that were paid for and stand for a while, a few at once, the others in turn: the way of gift banners and pinned super chats. Each
// stands as long as its animation runs, so nothing is timed while the player or the page is not looked at.
import { ElementPool } from './element-pool.ts';

/** What stands or waits; `count` is the sum of what was added to it. */
export interface Standing<Item> {
  readonly item: Item;
  /** Counts by id. */
  readonly ids: Map<string, number>;
  count: number;
  element?: HTMLElement | undefined;
  animation?: Animation | undefined;
}

export interface StandingParts<Item> {
  readonly root: HTMLElement;
  make(): HTMLElement;
  fill(element: HTMLElement, standing: Standing<Item>): void;
  frames(durationMs: number): Keyframe[];
  /** Milliseconds it stands when so many wait. */
  duration(item: Item, waiting: number): number;
  /** How many may stand at once now. */
  most(): number;
  /** What stands is other now. */
  changed(): void;
}

/** What an item counts, by the ids it can be removed by. */
type Counts = readonly { readonly id: string; readonly count: number }[];

const maxWaiting = 1_000;
const maxFree = 8;
const maxIds = 1_000;

export class StandingLine<Item extends { readonly id: string; readonly own?: boolean }> {
  readonly #parts: StandingParts<Item>;
  readonly #pool: ElementPool<HTMLElement>;
  readonly #standing = new Set<Standing<Item>>();
  #waiting: Standing<Item>[] = [];
  #running = true;
  #cap = maxWaiting;
  #dropped = 0;

  constructor(parts: StandingParts<Item>) {
    this.#parts = parts;
    this.#pool = new ElementPool(parts.make, maxFree);
  }

  /** Left out because too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  show(item: Item, counts: Counts = [{ id: item.id, count: 1 }]): void {
    const entry = { item, ids: new Map(counts.map(({ id, count }) => [id, count])), count: sumOf(counts) };
    const others = item.own ? this.#waiting.findIndex((waiting) => !waiting.item.own) : -1;
    if (others < 0) this.#waiting.push(entry);
    else this.#waiting.splice(others, 0, entry);
    this.#trim();
    this.next();
  }

  find(wanted: (item: Item) => boolean): Standing<Item> | undefined {
    for (const entry of this.#standing) if (wanted(entry.item)) return entry;
    return this.#waiting.find(({ item }) => wanted(item));
  }

  /** Adds to one that stands or waits; one that stands does so anew from now. */
  add(entry: Standing<Item>, counts: Counts): void {
    entry.count += sumOf(counts);
    for (const { id, count } of counts) if (entry.ids.size < maxIds) entry.ids.set(id, count);
    const { element, animation } = entry;
    if (!element || !animation) return;
    this.#fill(element, entry);
    const whole = Number(animation.effect?.getComputedTiming().duration ?? 0);
    animation.currentTime = Math.min(Number(animation.currentTime ?? 0), whole / 4);
  }

  /** One that was added up loses this id's count, and goes with the last. */
  remove(id: string): void {
    const entry = [...this.#standing, ...this.#waiting].find(({ ids }) => ids.has(id));
    if (!entry) return;
    entry.count -= entry.ids.get(id) ?? 0;
    entry.ids.delete(id);
    if (entry.ids.size > 0 && entry.count > 0) {
      if (entry.element) this.#fill(entry.element, entry);
      return;
    }
    this.removeWhere((_, other) => other === entry);
  }

  removeWhere(gone: (item: Item, entry: Standing<Item>) => boolean): void {
    this.#waiting = this.#waiting.filter((entry) => !gone(entry.item, entry));
    for (const entry of [...this.#standing]) if (gone(entry.item, entry)) this.#take(entry);
    this.next();
  }

  /** Nothing comes, goes or moves while it does not run; of what waits then, at most `cap` is kept. */
  run(running: boolean, cap = maxWaiting): void {
    this.#running = running;
    this.#cap = cap;
    this.#trim();
    for (const { animation } of this.#standing) {
      if (!running) animation?.pause();
      // One that has just ended would begin anew.
      else if (animation?.playState === 'paused') animation.play();
    }
    this.next();
  }

  /** Fills the places that are free. */
  next(): void {
    while (this.#running && this.#standing.size < this.#parts.most()) {
      const entry = this.#waiting.shift();
      if (!entry) return;
      this.#stand(entry);
    }
  }

  #trim(): void {
    while (this.#waiting.length > this.#cap) {
      const oldest = this.#waiting.findIndex(({ item }) => !item.own);
      this.#waiting.splice(Math.max(0, oldest), 1);
      this.#dropped++;
    }
  }

  #stand(entry: Standing<Item>): void {
    const { root, frames, duration, changed } = this.#parts;
    const element = this.#pool.take();
    this.#fill(element, entry);
    root.append(element);
    const milliseconds = duration(entry.item, this.#waiting.length);
    const animation = element.animate(frames(milliseconds), { duration: milliseconds, easing: 'ease-out' });
    Object.assign(entry, { element, animation });
    this.#standing.add(entry);
    animation.onfinish = () => {
      this.#take(entry);
      this.next();
    };
    changed();
  }

  #fill(element: HTMLElement, entry: Standing<Item>): void {
    element.dataset['id'] = entry.ids.keys().next().value ?? entry.item.id;
    this.#parts.fill(element, entry);
  }

  #take(entry: Standing<Item>): void {
    this.#standing.delete(entry);
    const { element, animation } = entry;
    if (!element || !animation) return;
    animation.onfinish = null;
    animation.cancel();
    element.remove();
    this.#pool.give(element);
    entry.element = undefined;
    this.#parts.changed();
  }
}

function sumOf(counts: Counts): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** Shorter the more wait, so that what was paid for is seen soon; not shorter than `least`. */
export function hurried(durationMs: number, waiting: number, least: number): number {
  return Math.max(Math.min(durationMs, least), durationMs / (1 + waiting / 10));
}

/** Comes in, stands, goes; without movement when that is not wanted. */
export function standingFrames(durationMs: number, away: string): Keyframe[] {
  const slide = Math.min(0.25, 350 / durationMs);
  return [
    { transform: away, opacity: 0, offset: 0 },
    { transform: 'none', opacity: 1, offset: slide },
    { transform: 'none', opacity: 1, offset: 1 - slide },
    { transform: 'none', opacity: 0, offset: 1 },
  ];
}
