// Shows super chats as cards pinned at the top; danmaku use only the lines below them.
import { type Card, CardQueue, cardFrames, shortenedByQueue } from './card-queue.ts';
import type { SuperchatItem } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';
import type { Stage } from './stage.ts';

const tiers = 5;

export class SuperchatPins {
  readonly cards: CardQueue<SuperchatItem>;
  #settings: OverlaySettings;

  constructor(stage: Stage, settings: OverlaySettings, still: () => boolean, changed: () => void) {
    this.#settings = settings;
    this.cards = new CardQueue<SuperchatItem>({
      root: stage.pins,
      make: makeCard,
      fill,
      frames: (duration) => cardFrames(duration, still() ? 'none' : 'translateY(-60%)'),
      duration: (item, waiting) => this.#duration(item, waiting),
      maxShown: () => stage.pinRows,
      changed,
    });
  }

  configure(settings: OverlaySettings): void {
    this.#settings = settings;
    this.cards.next();
  }

  show(item: SuperchatItem): void {
    this.cards.show(item);
  }

  /** Milliseconds on screen: `pinMs` of the item or the time of its tier, shortened to at least half of that when cards are queued. */
  #duration(item: SuperchatItem, waiting: number): number {
    const whole = Math.max(1, item.pinMs ?? (this.#settings.pinMs * (tierOf(item) + 1)) / 2);
    return shortenedByQueue(whole, waiting, whole / 2);
  }
}

function tierOf({ tier = 1 }: SuperchatItem): number {
  return Number.isFinite(tier) ? Math.min(tiers, Math.max(1, Math.floor(tier))) : 1;
}

function fill(card: HTMLElement, { item }: Card<SuperchatItem>): void {
  card.className = `danmux-pin danmux-tier-${tierOf(item)}`;
  // Set `backgroundColor` only: with `background` a sender could make browsers load an image from any server.
  card.style.backgroundColor = item.color ?? '';
  card.style.backgroundImage = card.style.backgroundColor ? 'none' : '';
  const [head, text] = card.children;
  const [from, amount] = head?.children ?? [];
  if (from) from.textContent = item.from;
  if (amount) amount.textContent = item.amount ?? '';
  if (text) text.textContent = item.text;
}

function makeCard(): HTMLElement {
  const card = piece('pin');
  card.dataset['testid'] = 'superchat-pin';
  const head = piece('pin-head');
  head.append(piece('pin-from'), piece('pin-amount'));
  card.append(head, piece('pin-text'));
  return card;
}

function piece(part: string): HTMLElement {
  const element = document.createElement('div');
  element.className = `danmux-${part}`;
  element.part.add(part);
  return element;
}
