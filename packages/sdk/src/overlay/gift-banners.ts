// Gift banners: a few stand at once, the others wait their turn. They were paid for, so none is dropped while there is any
// memory to keep it in; past the cap the oldest waiting one is counted as dropped.
import { ElementPool } from './element-pool.ts';
import type { GiftItem } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';

const maxWaiting = 1_000;
const slideMs = 350;

export class GiftBanners {
  readonly #root: HTMLElement;
  readonly #pool: ElementPool;
  #waiting: GiftItem[] = [];
  readonly #still: boolean;
  #settings: OverlaySettings;
  #dropped = 0;
  readonly #running = new Map<Animation, HTMLElement>();

  /** `still` leaves out the movement. */
  constructor(root: HTMLElement, settings: OverlaySettings, still: boolean) {
    this.#root = root;
    this.#settings = settings;
    this.#still = still;
    this.#pool = new ElementPool(makeBanner, settings.maxGifts);
  }

  get dropped(): number {
    return this.#dropped;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  configure(settings: OverlaySettings): void {
    this.#settings = settings;
  }

  show(item: GiftItem): void {
    this.#waiting.push(item);
    if (this.#waiting.length > maxWaiting) {
      this.#waiting.shift();
      this.#dropped++;
    }
    this.#next();
  }

  remove(id: string): void {
    this.#waiting = this.#waiting.filter((item) => item.id !== id);
    for (const [animation, banner] of this.#running) if (banner.dataset['id'] === id) this.#take(animation, banner);
    this.#next();
  }

  clear(): void {
    this.#waiting = [];
    for (const [animation, banner] of this.#running) this.#take(animation, banner);
  }

  #next(): void {
    while (this.#running.size < this.#settings.maxGifts) {
      const item = this.#waiting.shift();
      if (!item) return;
      this.#stand(item);
    }
  }

  #stand(item: GiftItem): void {
    const banner = this.#pool.take();
    const [icon, from, gift, count] = banner.children;
    if (icon) icon.replaceChildren(item.icon ?? giftSign());
    if (from) from.textContent = item.from;
    if (gift) gift.textContent = item.gift;
    if (count) count.textContent = (item.count ?? 1) > 1 ? `×${item.count}` : '';
    banner.dataset['id'] = item.id;
    this.#root.append(banner);
    const animation = banner.animate(keyframes(this.#still, Math.min(0.25, slideMs / this.#settings.giftMs)), {
      duration: this.#settings.giftMs,
      easing: 'ease-out',
    });
    this.#running.set(animation, banner);
    animation.onfinish = () => {
      this.#take(animation, banner);
      this.#next();
    };
  }

  #take(animation: Animation, banner: HTMLElement): void {
    this.#running.delete(animation);
    animation.onfinish = null;
    animation.cancel();
    this.#pool.give(banner);
  }
}

function keyframes(still: boolean, slide: number): Keyframe[] {
  const away = still ? 'none' : 'translateX(-110%)';
  return [
    { transform: away, opacity: 0, offset: 0 },
    { transform: 'none', opacity: 1, offset: slide },
    { transform: 'none', opacity: 1, offset: 1 - slide },
    { transform: 'none', opacity: 0, offset: 1 },
  ];
}

/** A wrapped box, drawn, because not every machine has a font with one. */
function giftSign(): SVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const sign = document.createElementNS(space, 'svg');
  sign.setAttribute('viewBox', '0 0 24 24');
  sign.setAttribute('width', '1.1em');
  sign.setAttribute('height', '1.1em');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('fill', 'currentColor');
  path.setAttribute('d', 'M12 7c-1-3-3-4-4.500-3.500S6 6.500 8 7H3v4h8V7h2v4h8V7h-5c2-.5 2-3 .500-3.500S13 4 12 7zM4 12.500V21h7v-8.500zm9 0V21h7v-8.500z');
  sign.append(path);
  return sign;
}

function makeBanner(): HTMLElement {
  const banner = document.createElement('div');
  banner.className = 'danmux-gift';
  banner.dataset['testid'] = 'gift-banner';
  for (const part of ['icon', 'from', 'name', 'count']) {
    const span = document.createElement('span');
    span.className = `danmux-gift-${part}`;
    banner.append(span);
  }
  Object.assign(banner.style, {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '0.5em',
    padding: '0.35em 1em 0.35em 0.5em',
    margin: '0.25em 0',
    borderRadius: '2em',
    color: '#fff',
    font: '600 16px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", sans-serif',
    background: 'linear-gradient(90deg, #ff2d78, #ff8a3d 60%, rgba(255, 179, 71, 0.15))',
    boxShadow: '0 2px 14px rgba(255, 45, 120, 0.45)',
    whiteSpace: 'nowrap',
    width: 'max-content',
    maxWidth: '100%',
    overflow: 'hidden',
  });
  const [icon, from, , count] = banner.children as unknown as HTMLElement[];
  if (icon) Object.assign(icon.style, { fontSize: '1.7em', display: 'inline-flex', lineHeight: '1' });
  if (from) Object.assign(from.style, { overflow: 'hidden', textOverflow: 'ellipsis', maxWidth: '10em' });
  if (count) Object.assign(count.style, { font: 'italic 800 1.4em/1 system-ui, sans-serif', color: '#ffe14d' });
  return banner;
}
