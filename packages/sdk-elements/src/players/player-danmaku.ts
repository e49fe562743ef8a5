// An overlay on one player: bound to its room, frozen while the player is paused, removed by `destroy`. Every adapter provides this object.
import { bind, DanmuxError, Overlay, type OverlaySettings } from '@danmux/sdk';
import { Layer } from './layer.ts';
import { Playback } from './playback.ts';
import { type PlayerOptions, roomInUse } from './player-options.ts';

/** Options of `attachTo`. */
export interface AttachOptions extends PlayerOptions {
  /** Parent of the overlay: should be the element that goes fullscreen. Default: the parent of a video, or the element itself. */
  readonly container?: HTMLElement;
  /** The z-index of the overlay, for players that stack several layers. */
  readonly zIndex?: number;
  /** True: the overlay is in a shadow root, for players whose CSS would change it. Style its parts with `::part`. */
  readonly isolated?: boolean;
}

/**
 * A reason to freeze the overlay. `paused`: the viewer paused. `away`: the video is in picture-in-picture or the system's player. `mini`: the
 * player is in its mini window. `away` and `mini` also hide the overlay.
 */
export type HoldReason = 'paused' | 'away' | 'mini';

/** The overlay on a player, with the methods that a page calls. It is destroyed with the player. */
export class PlayerDanmaku {
  readonly overlay: Overlay;
  readonly #layer: Layer;
  readonly #ends: (() => void)[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #holdReasons = new Set<HoldReason>();
  #ended = false;

  /** Use `attachTo` or an adapter instead. The constructor throws the errors described at `attachTo`. */
  constructor(target: HTMLElement, options: AttachOptions) {
    const isVideo = target.nodeName === 'VIDEO';
    const host = options.container ?? (isVideo ? target.parentElement : target);
    if (!host) throw new DanmuxError('invalid_request', { message: 'The video has no parent element. Insert it into the page first, or set `container`.' });
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

  /** True while danmaku are shown; gifts and super chats are always shown. */
  get on(): boolean {
    return this.overlay.settings.danmaku;
  }

  /** Shows or hides danmaku; without an argument, hides shown danmaku and shows hidden ones. */
  toggle(on = !this.on): void {
    this.configure({ danmaku: on });
  }

  /** Calls the overlay's `configure`, then the listeners of `whenChanged`, which update the player's button and menu. */
  configure(settings: Partial<OverlaySettings>): void {
    this.overlay.configure(settings);
    for (const changed of [...this.#listeners]) changed();
  }

  /** Calls the listener now and after each `configure` and `toggle`, until `destroy`. */
  whenChanged(listener: () => void): void {
    this.#listeners.add(listener);
    listener();
  }

  /** Sets or clears a reason. The overlay is frozen while at least one is set; new gifts are queued meanwhile. */
  hold(reason: HoldReason, active: boolean): void {
    if (this.#ended) return;
    if (active) this.#holdReasons.add(reason);
    else this.#holdReasons.delete(reason);
    if (this.#holdReasons.size > 0) this.overlay.pause();
    else this.overlay.resume();
    this.#layer.setShown(!this.#holdReasons.has('away') && !this.#holdReasons.has('mini'));
  }

  /** Registers a function that `destroy` calls, for example to remove an adapter's button from the player. */
  whenDestroyed(end: () => void): void {
    this.#ends.push(end);
  }

  /** Removes the overlay and its listeners from page and player, and leaves the room if it was joined by name. Safe to call twice. */
  destroy(): void {
    this.#ended = true;
    for (const end of this.#ends.splice(0)) end();
    this.#listeners.clear();
  }

  /** Removes danmaku in flight after a seek, because they belong to the old position. Paid and queued items stay. */
  #jumped(): void {
    for (const { id } of this.overlay.boxes()) this.overlay.remove(id);
  }
}

/**
 * Puts an overlay over a video with any source (hls.js, mpegts.js, flv.js, WebRTC), or over an element that contains a video. The overlay
 * is also shown while an element that contains it is fullscreen; while only the video is fullscreen, it is shown in browsers that support popovers.
 * The overlay stays until its `destroy` is called. Throws a DanmuxError `invalid_request` for a video without a parent when `container` is not set,
 * and for a room name without a client.
 */
export function attachTo(target: HTMLVideoElement | HTMLElement, options: AttachOptions = {}): PlayerDanmaku {
  return new PlayerDanmaku(target, options);
}
