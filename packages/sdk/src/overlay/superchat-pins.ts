// Super chats: cards pinned above the danmaku, whose lines no danmaku uses while they stand.
import type { SuperchatItem } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';
import type { Stage } from './stage.ts';
import { hurried, type Standing, StandingLine, standingFrames } from './standing-line.ts';

const tiers = 5;

export class SuperchatPins {
  readonly line: StandingLine<SuperchatItem>;
  #settings: OverlaySettings;

  constructor(stage: Stage, settings: OverlaySettings, still: () => boolean, changed: () => void) {
    this.#settings = settings;
    this.line = new StandingLine<SuperchatItem>({
      root: stage.pins,
      make: makeCard,
      fill,
      frames: (duration) => standingFrames(duration, still() ? 'none' : 'translateY(-60%)'),
      duration: (item, waiting) => this.#duration(item, waiting),
      most: () => stage.pinRows,
      changed,
    });
  }

  configure(settings: OverlaySettings): void {
    this.#settings = settings;
    this.line.next();
  }

  show(item: SuperchatItem): void {
    this.line.show(item);
  }

  /** At least half of what it was bought for, however many wait. */
  #duration(item: SuperchatItem, waiting: number): number {
    const whole = Math.max(1, item.pinMs ?? (this.#settings.pinMs * (tierOf(item) + 1)) / 2);
    return hurried(whole, waiting, whole / 2);
  }
}

function tierOf({ tier = 1 }: SuperchatItem): number {
  return Number.isFinite(tier) ? Math.min(tiers, Math.max(1, Math.floor(tier))) : 1;
}

function fill(card: HTMLElement, { item }: Standing<SuperchatItem>): void {
  card.className = `danmux-pin danmux-tier-${tierOf(item)}`;
  // A colour and nothing else: `background` would also load a picture from anywhere.
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
