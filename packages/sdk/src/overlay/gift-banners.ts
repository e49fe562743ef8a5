// Shows gifts as banners with sender, gift and count. Gifts of one combo are added to the count of its banner, shown or queued.
import { type Card, CardQueue, cardFrames, shortenedByQueue } from './card-queue.ts';
import type { GiftItem } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';
import type { Stage } from './stage.ts';

/** Milliseconds to which the time of a banner may be shortened when many gifts are queued; enough to read it. */
const leastMs = 1_200;

export class GiftBanners {
  readonly cards: CardQueue<GiftItem>;
  #settings: OverlaySettings;

  constructor(stage: Stage, settings: OverlaySettings, still: () => boolean) {
    this.#settings = settings;
    this.cards = new CardQueue<GiftItem>({
      root: stage.gifts,
      make: makeBanner,
      fill: (banner, gift) => fill(banner, gift, still()),
      frames: (duration) => cardFrames(duration, still() ? 'none' : 'translateX(-110%)'),
      duration: (_, waiting) => shortenedByQueue(this.#settings.giftMs, waiting, leastMs),
      maxShown: () => stage.giftRows,
      changed: () => {},
    });
  }

  configure(settings: OverlaySettings): void {
    this.#settings = settings;
    this.cards.next();
  }

  show(item: GiftItem): void {
    const { combo, count = 1, parts = [{ id: item.id, count }] } = item;
    const banner = combo === undefined ? undefined : this.cards.find((other) => other.combo === combo);
    if (banner) this.cards.add(banner, parts);
    else this.cards.show(item, parts);
  }
}

function fill(banner: HTMLElement, { item, count: many }: Card<GiftItem>, still: boolean): void {
  const [icon, from, gift, count] = banner.children;
  if (icon && banner.dataset['sign'] !== (item.icon ?? '')) icon.replaceChildren(item.icon ?? giftSign());
  banner.dataset['sign'] = item.icon ?? '';
  if (from) from.textContent = item.from;
  if (gift) gift.textContent = item.gift;
  const label = many > 1 ? `×${many}` : '';
  if (!count || count.textContent === label) return;
  count.textContent = label;
  if (!still && banner.isConnected && !document.hidden)
    count.animate([{ transform: 'scale(1.7)' }, { transform: 'none' }], { duration: 300, easing: 'ease-out' });
}

/** A gift box as SVG, because not every system has a font with the emoji. */
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
  banner.part.add('gift');
  banner.dataset['testid'] = 'gift-banner';
  banner.dataset['sign'] = 'none yet';
  for (const part of ['icon', 'from', 'name', 'count']) {
    const span = document.createElement('span');
    span.className = `danmux-gift-${part}`;
    span.part.add(`gift-${part}`);
    banner.append(span);
  }
  return banner;
}
