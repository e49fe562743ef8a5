// The overlay on one player with its room: the object that every adapter returns, and its teardown.
import { bind, DanmuxError, Overlay, type OverlaySettings } from '@danmux/sdk';
import { Layer } from './layer.ts';
import { Playback } from './playback.ts';
import { type PlayerOptions, roomInUse } from './player-options.ts';

export interface AttachOptions extends PlayerOptions {
  /** Parent of the overlay: the element that goes fullscreen with the video. Default: the video's parent; for a container, itself. */
  readonly container?: HTMLElement;
  /** z-index of the layer, for players with layers of their own. */
  readonly zIndex?: number;
  /** True creates a shadow root, for players whose CSS resets their content; style its parts by `::part`. */
  readonly isolated?: boolean;
}

/** Reasons to freeze: the viewer paused; the picture is elsewhere; the player is in its mini window. The last two also hide the overlay. */
export type HoldReason = 'paused' | 'away' | 'mini';

export class PlayerDanmaku {
  readonly overlay: Overlay;
  readonly #layer: Layer;
  readonly #ends: (() => void)[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #holdReasons = new Set<HoldReason>();
  #ended = false;

  /** Created by `attachTo` and the adapters. */
  constructor(target: HTMLElement, options: AttachOptions) {
    const isVideo = target.nodeName === 'VIDEO';
    const host = options.container ?? (isVideo ? target.parentElement : target);
    if (!host) throw new DanmuxError('invalid_request', { message: 'The video is in no page yet; put it there first, or name a container.' });
    const room = roomInUse(options);
    const listening = new AbortController();
    const video = () => (isVideo ? target : target.querySelector('video')) as HTMLVideoElement | null;
    const over = isVideo && host.contains(target) ? (target as HTMLVideoElement) : undefined;
    const { fit = 'box', zIndex, isolated = false } = options;
    this.#layer = new Layer({ host, over, video, fit, zIndex, isolated }, listening.signal);
    this.overlay = new Overlay(this.#layer.stage, options.overlay);
    new Playback(target, video(), { hold: (reason, active) => this.hold(reason, active), jumped: () => this.#jumped() }, listening.signal);
    if (room) this.#ends.push(bind(room.room, this.overlay, options), () => room.leave());
    this.#ends.push(
      () => listening.abort(),
      () => this.overlay.destroy(),
      () => this.#layer.destroy(),
    );
  }

  /** The element that contains the overlay. */
  get element(): HTMLElement {
    return this.#layer.element;
  }

  /** Whether danmaku are on; gifts and super chats are always on. */
  get on(): boolean {
    return this.overlay.settings.danmaku;
  }

  toggle(on = !this.on): void {
    this.configure({ danmaku: on });
  }

  /** Calls the overlay's `configure`, and updates the player's button and menu. */
  configure(settings: Partial<OverlaySettings>): void {
    this.overlay.configure(settings);
    for (const changed of [...this.#listeners]) changed();
  }

  /** Called now and after each `configure` and `toggle`, until `destroy`. */
  whenChanged(listener: () => void): void {
    this.#listeners.add(listener);
    listener();
  }

  /** Freezes the overlay while at least one reason is set; new gifts wait. */
  hold(reason: HoldReason, active: boolean): void {
    if (this.#ended) return;
    if (active) this.#holdReasons.add(reason);
    else this.#holdReasons.delete(reason);
    if (this.#holdReasons.size > 0) this.overlay.pause();
    else this.overlay.resume();
    this.#layer.setShown(!this.#holdReasons.has('away') && !this.#holdReasons.has('mini'));
  }

  /** Called by `destroy`; an adapter removes its parts of the player here. */
  whenDestroyed(end: () => void): void {
    this.#ends.push(end);
  }

  /** Removes everything from page and player, and leaves the room if it was joined here. May be called repeatedly. */
  destroy(): void {
    this.#ended = true;
    for (const end of this.#ends.splice(0)) end();
    this.#listeners.clear();
  }

  /** After a seek: moving danmaku belong to another moment. Paid items stay, and queued items are new. */
  #jumped(): void {
    for (const { id } of this.overlay.boxes()) this.overlay.remove(id);
  }
}

/**
 * Puts an overlay over any video, with any source (hls.js, mpegts.js, flv.js, WebRTC), or over an element that contains a video. An
 * element around the video should go fullscreen; over a video that goes fullscreen alone the overlay is shown where popovers exist.
 * Destroyed only by `destroy`.
 */
export function attachTo(target: HTMLVideoElement | HTMLElement, options: AttachOptions = {}): PlayerDanmaku {
  return new PlayerDanmaku(target, options);
}
