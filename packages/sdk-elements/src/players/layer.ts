// The element on a player that an overlay lies in: over the video or all of the player, also when that is resized or fullscreen. It shows
// nothing, and lets clicks through to the player.
import { type Box, pictureBox } from './picture.ts';

export interface LayerPlace {
  /** Where it goes. What is not positioned yet is made so, until the end. */
  readonly host: HTMLElement;
  /** Whose box it covers, when that is not all of `host`. */
  readonly over: HTMLVideoElement | undefined;
  readonly fit: 'box' | 'picture';
  /** The player's video; players exchange it. */
  readonly video: () => HTMLVideoElement | null;
  readonly zIndex: number | undefined;
  /** In a shadow root, where the player's CSS does not reach. */
  readonly isolated: boolean;
}

export class Layer {
  readonly element = document.createElement('div');
  /** What the overlay fills. */
  readonly stage: HTMLElement;
  readonly #place: LayerPlace;
  readonly #positioned: boolean;
  readonly #resized = new ResizeObserver(() => this.measure());
  #raised = false;

  constructor(place: LayerPlace, signal: AbortSignal) {
    this.#place = place;
    const { host, over, zIndex } = place;
    const { element } = this;
    this.#positioned = getComputedStyle(host).position !== 'static';
    if (!this.#positioned) host.style.position = 'relative';
    element.className = 'danmux-player-layer';
    // Players set fonts of their own on what lies in them, down to a size of 0.
    const font = { fontSize: '16px', lineHeight: '1.5', textAlign: 'start' };
    Object.assign(element.style, { position: 'absolute', overflow: 'hidden', pointerEvents: 'none', ...font });
    if (zIndex !== undefined) element.style.zIndex = String(zIndex);
    this.stage = place.isolated ? isolatedStage(element) : element;
    this.#insert();
    for (const observed of [host, ...(over ? [over] : [])]) this.#resized.observe(observed);
    for (const event of ['resize', 'loadedmetadata', 'emptied']) (over ?? host).addEventListener(event, () => this.measure(), { capture: true, signal });
    document.addEventListener('fullscreenchange', () => this.#followFullscreen(), { signal });
    this.measure();
  }

  setShown(shown: boolean): void {
    // Not `display`: the overlay goes on knowing its size.
    this.element.style.visibility = shown ? '' : 'hidden';
  }

  measure(): void {
    const { style } = this.element;
    if (!this.#raised && !this.#place.over && this.#place.fit === 'box') {
      style.inset = '0';
      return;
    }
    const { left, top, width, height } = this.#box();
    Object.assign(style, { inset: 'auto', left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  }

  destroy(): void {
    this.#resized.disconnect();
    this.element.remove();
    if (!this.#positioned) this.#place.host.style.position = '';
  }

  /** Behind what the page has put after the video, such as controls of its own. */
  #insert(): void {
    const { host } = this.#place;
    const video = this.#place.video();
    let before: Node | null = video && host.contains(video) ? video : null;
    while (before && before.parentNode !== host) before = before.parentNode;
    if (before) host.insertBefore(this.element, before.nextSibling);
    else host.append(this.element);
  }

  #box(): Box {
    const { over, host, fit } = this.#place;
    const video = this.#place.video();
    const whole = this.#raised ? { left: 0, top: 0, width: innerWidth, height: innerHeight } : over ? boxIn(over, host) : innerBox(host);
    if (fit === 'box' || !video) return whole;
    const { objectFit, objectPosition } = getComputedStyle(video);
    return pictureBox(whole, { naturalWidth: video.videoWidth, naturalHeight: video.videoHeight, objectFit, objectPosition });
  }

  /** A video that is fullscreen by itself covers the page; only what is in the top layer after it is seen, so the layer goes there. */
  #followFullscreen(): void {
    const video = this.#place.video();
    const root = this.element.getRootNode() as Document | ShadowRoot;
    const full = root.fullscreenElement ?? null;
    this.#raise(full !== null && video !== null && full.contains(video) && !full.contains(this.element));
    this.measure();
  }

  #raise(raised: boolean): void {
    if (raised === this.#raised || !this.element.showPopover) return;
    this.#raised = raised;
    const { style } = this.element;
    if (raised) {
      this.element.popover = 'manual';
      Object.assign(style, { position: 'fixed', margin: '0', padding: '0', border: '0', background: 'none', color: 'inherit' });
      this.element.showPopover();
    } else {
      this.element.popover = null;
      Object.assign(style, { position: 'absolute', margin: '', padding: '', border: '', background: '', color: '' });
    }
  }
}

function isolatedStage(element: HTMLElement): HTMLElement {
  const stage = document.createElement('div');
  Object.assign(stage.style, { position: 'absolute', inset: '0' });
  element.attachShadow({ mode: 'open' }).append(stage);
  return stage;
}

function innerBox(element: HTMLElement): Box {
  return { left: 0, top: 0, width: element.clientWidth, height: element.clientHeight };
}

/** Layout values, since what is on the screen may be scaled or turned by the player. */
function boxIn(video: HTMLVideoElement, host: HTMLElement): Box {
  let { offsetLeft: left, offsetTop: top } = video;
  let parent = video.offsetParent;
  while (parent instanceof HTMLElement && parent !== host && host.contains(parent)) {
    left += parent.offsetLeft + parent.clientLeft;
    top += parent.offsetTop + parent.clientTop;
    parent = parent.offsetParent;
  }
  return { left, top, width: video.offsetWidth, height: video.offsetHeight };
}
