// Danmaku over a player: pooled elements moved by Web Animations, lines without collisions, caps on what flies and what waits.
// It knows nothing of connections; it shows what it is given.
import { ElementPool } from './element-pool.ts';
import { GiftBanners } from './gift-banners.ts';
import type { DanmakuItem, GiftItem } from './overlay-item.ts';
import { defaultSettings, type OverlaySettings } from './overlay-settings.ts';
import { Tracks } from './tracks.ts';

/** Waiting danmaku are tried again so often. */
const retryMs = 120;

export class Overlay {
  readonly #root: HTMLElement;
  readonly #flying: HTMLElement;
  readonly #pool: ElementPool;
  readonly #gifts: GiftBanners;
  readonly #tracks = new Tracks();
  readonly #still: boolean;
  readonly #animations = new Map<Animation, HTMLElement>();
  readonly #resized: ResizeObserver;
  #settings: OverlaySettings;
  #pending: DanmakuItem[] = [];
  #retry: ReturnType<typeof setTimeout> | undefined;
  #width = 0;
  #dropped = 0;

  /** Fills `container`, which must be positioned; what lies under it stays clickable. */
  constructor(container: HTMLElement, settings: Partial<OverlaySettings> = {}) {
    this.#settings = { ...defaultSettings, ...settings };
    this.#still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#root = layer('danmux-overlay', { inset: '0', overflow: 'hidden', pointerEvents: 'none', contain: 'strict' });
    this.#flying = layer('danmux-flying', { inset: '0' });
    const banners = layer('danmux-gifts', {
      left: '12px',
      bottom: '10%',
      width: '70%',
      display: 'flex',
      flexDirection: 'column',
      alignItems: 'flex-start',
    });
    this.#root.append(this.#flying, banners);
    container.append(this.#root);
    this.#pool = new ElementPool(makeDanmaku, this.#settings.maxShown);
    this.#gifts = new GiftBanners(banners, this.#settings, this.#still);
    this.#resized = new ResizeObserver(() => this.#measure());
    this.#resized.observe(this.#root);
    this.#measure();
  }

  /** Danmaku and gifts that were not shown because of the caps. */
  get dropped(): number {
    return this.#dropped + this.#gifts.dropped;
  }

  get shown(): number {
    return this.#animations.size;
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** Elements made for danmaku so far; it stops growing once enough fly. */
  get elementsMade(): number {
    return this.#pool.made;
  }

  configure(settings: Partial<OverlaySettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#gifts.configure(this.#settings);
    this.#measure();
  }

  danmaku(item: DanmakuItem): void {
    // A hidden page shows nothing: what came meanwhile would all fly at once later.
    if (document.hidden) return;
    if (item.own) this.#pending.unshift(item);
    else this.#pending.push(item);
    this.#fly();
    if (this.#pending.length > this.#settings.maxPending) this.#dropOldest();
  }

  gift(item: GiftItem): void {
    this.#gifts.show(item);
  }

  /** Takes what has this id off the screen and out of what waits. */
  remove(id: string): void {
    this.#pending = this.#pending.filter((item) => item.id !== id);
    this.#gifts.remove(id);
    for (const [animation, element] of this.#animations) if (element.dataset['id'] === id) this.#land(animation, element);
  }

  clear(): void {
    this.#pending = [];
    this.#gifts.clear();
    for (const [animation, element] of this.#animations) this.#land(animation, element);
  }

  destroy(): void {
    this.clear();
    clearTimeout(this.#retry);
    this.#resized.disconnect();
    this.#root.remove();
  }

  #measure(): void {
    const { width, height } = this.#root.getBoundingClientRect();
    this.#width = width;
    this.#tracks.resize(Math.max(1, Math.floor((height * this.#settings.area) / (this.#settings.lineHeight ?? 32))));
    this.#root.style.opacity = String(this.#settings.opacity);
  }

  #dropOldest(): void {
    const oldest = this.#pending.findIndex(({ own }) => !own);
    this.#pending.splice(Math.max(0, oldest), 1);
    this.#dropped++;
  }

  #fly(): void {
    while (this.#pending.length > 0 && this.#animations.size < this.#settings.maxShown) {
      const [item] = this.#pending;
      if (!item || !this.#start(item)) break;
      this.#pending.shift();
    }
    if (this.#pending.length === 0 || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#fly();
    }, retryMs);
  }

  /** False when no line is free. */
  #start(item: DanmakuItem): boolean {
    const element = this.#pool.take();
    element.textContent = item.text;
    element.dataset['id'] = item.id;
    element.classList.toggle('danmux-own', item.own === true);
    element.style.color = item.color ?? '#fff';
    element.style.borderColor = item.own ? 'currentColor' : 'transparent';
    this.#flying.append(element);
    const width = element.offsetWidth;
    const now = performance.now();
    const { durationMs, lineHeight } = this.#settings;
    const track = this.#tracks.find(width, this.#width, durationMs, now);
    if (track < 0) {
      this.#pool.give(element);
      return false;
    }
    this.#tracks.take(track, width, now);
    element.dataset['track'] = String(track);
    element.style.top = `${track * (lineHeight ?? 32) + 6}px`;
    this.#animate(element, width);
    return true;
  }

  #animate(element: HTMLElement, width: number): void {
    const frames = this.#still
      ? [{ transform: `translateX(${(this.#width - width) / 2}px)` }, { transform: `translateX(${(this.#width - width) / 2}px)` }]
      : [{ transform: `translateX(${this.#width}px)` }, { transform: `translateX(${-width}px)` }];
    const animation = element.animate(frames, { duration: this.#settings.durationMs, fill: 'both' });
    this.#animations.set(animation, element);
    animation.onfinish = () => {
      this.#land(animation, element);
      if (this.#pending.length > 0) this.#fly();
    };
  }

  #land(animation: Animation, element: HTMLElement): void {
    this.#animations.delete(animation);
    animation.onfinish = null;
    animation.cancel();
    this.#pool.give(element);
  }
}

function layer(className: string, style: Partial<CSSStyleDeclaration>): HTMLElement {
  const element = document.createElement('div');
  element.className = className;
  Object.assign(element.style, { position: 'absolute', ...style });
  return element;
}

function makeDanmaku(): HTMLElement {
  const element = document.createElement('div');
  element.className = 'danmux-danmaku';
  element.dataset['testid'] = 'danmaku';
  Object.assign(element.style, {
    position: 'absolute',
    left: '0',
    top: '0',
    whiteSpace: 'pre',
    willChange: 'transform',
    padding: '0 6px',
    border: '1px solid transparent',
    borderRadius: '6px',
    font: '700 20px/1.3 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif',
    textShadow: '0 0 3px #000, 0 1px 2px #000',
  });
  return element;
}
