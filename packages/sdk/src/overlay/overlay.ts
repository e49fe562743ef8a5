// The overlay over a player: routes items to danmaku, gift banners and super chats, and pauses and resumes all three together. It opens no
// connection; `bind` feeds it from a room.
import { BlockList } from './block-list.ts';
import { CanvasRenderer } from './canvas-renderer.ts';
import { DanmakuLane } from './danmaku-lane.ts';
import { DomRenderer } from './dom-renderer.ts';
import { FlightClock } from './flight-clock.ts';
import { GiftBanners } from './gift-banners.ts';
import type { DanmakuItem, GiftItem, OverlayBox, SuperchatItem } from './overlay-item.ts';
import { checkedSettings, defaultSettings, type OverlaySettings } from './overlay-settings.ts';
import type { OverlayVerbs } from './overlay-verbs.ts';
import { Stage } from './stage.ts';
import { StoredSettings } from './stored-settings.ts';
import { SuperchatPins } from './superchat-pins.ts';
import { Viewing } from './viewing.ts';

/** Cap on queued banners, and on queued pins, while the page is hidden. */
const maxWhileHidden = 100;

/**
 * Draws danmaku, gift banners and super chats over a player. It keeps nothing that left the screen, and drops the oldest waiting items at its caps.
 */
export class Overlay implements OverlayVerbs {
  readonly #viewing: Viewing;
  readonly #stage: Stage;
  readonly #clock = new FlightClock();
  readonly #blocks = new BlockList();
  readonly #danmaku: DanmakuLane;
  readonly #gifts: GiftBanners;
  readonly #pins: SuperchatPins;
  #settings: OverlaySettings;
  #paused = false;

  /**
   * Fills `container`, whose CSS `position` must not be `static`; the content below stays clickable. The viewer's stored settings override
   * `settings`.
   */
  constructor(container: HTMLElement, settings: Partial<OverlaySettings> = {}) {
    this.#settings = { ...defaultSettings, ...checkedSettings(settings) };
    const { remember } = this.#settings;
    if (remember !== null) this.#settings = { ...this.#settings, ...new StoredSettings(remember).read() };
    this.#blocks.configure(this.#settings);
    this.#viewing = new Viewing(
      () => this.#run(),
      () => this.#danmaku.restart(),
    );
    this.#stage = new Stage(container, this.#settings, () => this.#relayout());
    const still = () => this.#viewing.still;
    this.#danmaku = new DanmakuLane(
      {
        stage: this.#stage,
        clock: this.#clock,
        blocks: this.#blocks,
        renderer: (kind, landed) => new (kind === 'canvas' ? CanvasRenderer : DomRenderer)(this.#stage, this.#clock, landed),
        still,
      },
      this.#settings,
    );
    this.#gifts = new GiftBanners(this.#stage, this.#settings, still);
    this.#pins = new SuperchatPins(this.#stage, this.#settings, still, () => this.#danmaku.relayout());
    this.#clock.setRate(this.#settings.speed);
    this.#run();
  }

  get settings(): OverlaySettings {
    return this.#settings;
  }

  get shown(): number {
    return this.#danmaku.shown;
  }

  get pending(): number {
    return this.#danmaku.pending;
  }

  get dropped(): number {
    return this.#danmaku.dropped + this.#gifts.cards.dropped + this.#pins.cards.dropped;
  }

  get elementsMade(): number {
    return this.#danmaku.made;
  }

  danmaku(item: DanmakuItem): void {
    // Danmaku are ignored while the page is hidden. Queued ones would all start together when it is visible again.
    if (!this.#viewing.hidden) this.#danmaku.offer(item);
  }

  gift(item: GiftItem): void {
    if (this.#settings.maxGifts > 0 && !this.#isBlocked(item, 'gift')) this.#gifts.show(item);
  }

  superchat(item: SuperchatItem): void {
    if (this.#settings.maxPins > 0 && !this.#isBlocked(item, 'superchat')) this.#pins.show(item);
  }

  remove(id: string): void {
    this.#danmaku.remove(id);
    this.#gifts.cards.remove(id);
    this.#pins.cards.remove(id);
  }

  clear(): void {
    this.#danmaku.clear();
    this.#gifts.cards.removeWhere(() => true);
    this.#pins.cards.removeWhere(() => true);
  }

  configure(settings: Partial<OverlaySettings>): void {
    const checked = checkedSettings(settings);
    this.#settings = { ...this.#settings, ...checked };
    if (this.#settings.remember !== null) new StoredSettings(this.#settings.remember).add(checked);
    this.#blocks.configure(this.#settings);
    this.#stage.configure(this.#settings);
    this.#clock.setRate(this.#settings.speed);
    this.#danmaku.configure(this.#settings);
    this.#danmaku.setRate();
    this.#gifts.configure(this.#settings);
    this.#pins.configure(this.#settings);
    this.#gifts.cards.removeWhere((item) => this.#isBlocked(item, 'gift'));
    this.#pins.cards.removeWhere((item) => this.#isBlocked(item, 'superchat'));
  }

  pause(): void {
    this.#paused = true;
    this.#run();
  }

  resume(): void {
    this.#paused = false;
    this.#run();
  }

  boxes(): OverlayBox[] {
    return this.#danmaku.boxes();
  }

  destroy(): void {
    this.#viewing.stop();
    this.clear();
    this.#danmaku.destroy();
    this.#stage.destroy();
  }

  #isBlocked({ own, user, text, type }: { own?: boolean; user?: string; text?: string; type?: string }, defaultType: string): boolean {
    const judged = { type: type ?? defaultType, ...(text === undefined ? {} : { text }), ...(user === undefined ? {} : { user }) };
    return !own && this.#blocks.blocks(judged);
  }

  #relayout(): void {
    this.#danmaku.relayout();
    this.#gifts.cards.next();
    this.#pins.cards.next();
  }

  /** Runs or freezes all items: they run while the player plays and the page is visible. */
  #run(): void {
    const { hidden } = this.#viewing;
    const running = !this.#paused && !hidden;
    if (hidden) this.#danmaku.clear();
    this.#clock.run(running);
    this.#danmaku.setRate();
    for (const { cards } of [this.#gifts, this.#pins]) cards.run(running, hidden ? maxWhileHidden : undefined);
  }
}
