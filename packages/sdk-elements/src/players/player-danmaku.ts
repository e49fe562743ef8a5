// The overlay on one player, and the room it shows: what every adapter gives to the page, and what ends all of it.
import { bind, DanmuxError, Overlay, type OverlaySettings } from '@danmux/sdk';
import { Layer } from './layer.ts';
import { Playback } from './playback.ts';
import { type PlayerOptions, roomInUse } from './player-options.ts';

export interface AttachOptions extends PlayerOptions {
  /** Where the overlay goes: what goes fullscreen with the video, or lies in it. Default: the video's parent; of a container, itself. */
  readonly container?: HTMLElement;
  /** Of the layer, where the player's own parts have one. */
  readonly zIndex?: number;
  /** True puts the overlay into a shadow root, for players whose CSS resets what lies in them; its parts are styled by `::part`. */
  readonly isolated?: boolean;
}

/** Why nothing moves: the viewer paused; the picture is elsewhere; the player is small. The last two also hide it. */
export type HoldReason = 'paused' | 'away' | 'mini';

export class PlayerDanmaku {
  readonly overlay: Overlay;
  readonly #layer: Layer;
  readonly #ends: (() => void)[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #holds = new Set<HoldReason>();
  #ended = false;

  /** `attachTo` and the adapters make one. */
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
    new Playback(target, video(), { held: (reason, held) => this.hold(reason, held), jumped: () => this.#jumped() }, listening.signal);
    if (room) this.#ends.push(bind(room.room, this.overlay, options), () => room.leave());
    this.#ends.push(
      () => listening.abort(),
      () => this.overlay.destroy(),
      () => this.#layer.destroy(),
    );
  }

  /** The element the overlay lies in. */
  get element(): HTMLElement {
    return this.#layer.element;
  }

  /** Whether danmaku are on; gifts and super chats always are. */
  get on(): boolean {
    return this.overlay.settings.danmaku;
  }

  toggle(on = !this.on): void {
    this.configure({ danmaku: on });
  }

  /** The overlay's `configure`; the player's button and menu follow. */
  configure(settings: Partial<OverlaySettings>): void {
    this.overlay.configure(settings);
    for (const changed of [...this.#listeners]) changed();
  }

  /** Called after `configure` and `toggle`, and now. Ends with the player. */
  whenChanged(listener: () => void): void {
    this.#listeners.add(listener);
    listener();
  }

  /** Lets all stand while there is a reason for it; gifts that come meanwhile wait. */
  hold(reason: HoldReason, held: boolean): void {
    if (this.#ended) return;
    if (held) this.#holds.add(reason);
    else this.#holds.delete(reason);
    if (this.#holds.size > 0) this.overlay.pause();
    else this.overlay.resume();
    this.#layer.setShown(!this.#holds.has('away') && !this.#holds.has('mini'));
  }

  /** Done when this ends; for what an adapter put into the player. */
  whenDestroyed(end: () => void): void {
    this.#ends.push(end);
  }

  /** Takes all of it out of the page and the player, and leaves the room if it was joined here. May be called again. */
  destroy(): void {
    this.#ended = true;
    for (const end of this.#ends.splice(0)) end();
    this.#listeners.clear();
  }

  /** What flew belonged to another moment. What was paid for stays, and what waits is new. */
  #jumped(): void {
    for (const { id } of this.overlay.boxes()) this.overlay.remove(id);
  }
}

/**
 * Puts an overlay over any video, whatever feeds it (hls.js, mpegts.js, flv.js, WebRTC), or over an element with a video inside. The
 * element that goes fullscreen should be one around the video; a video that goes there by itself is followed where the browser has popovers.
 * Ends with `destroy` only.
 */
export function attachTo(target: HTMLVideoElement | HTMLElement, options: AttachOptions = {}): PlayerDanmaku {
  return new PlayerDanmaku(target, options);
}
