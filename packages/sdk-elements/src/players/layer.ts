// The element on a player that contains the overlay: covers the video or the box player, also after resizing and in fullscreen. It draws
// nothing, and lets clicks through to the player.
import { type Box, pictureBox } from './picture.ts';

export interface LayerPlace {
  /** Parent of the layer. A static parent becomes positioned until the end. */
  readonly host: HTMLElement;
  /** The element whose box it covers, if not all of `host`. */
  readonly over: HTMLVideoElement | undefined;
  readonly fit: 'box' | 'picture';
  /** The player's current video; players replace it. */
  readonly video: () => HTMLVideoElement | null;
  readonly zIndex: number | undefined;
  /** In a shadow root, out of reach of the player's CSS. */
  readonly isolated: boolean;
}

export class Layer {
  readonly element = document.createElement('div');
  /** The overlay's container. */
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
    // Players set fonts on their content, down to size 0.
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
    // Not `display`: the overlay must keep its size.
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

  /** Below the page's elements after the video, such as custom controls. */
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
    const box = this.#raised ? { left: 0, top: 0, width: innerWidth, height: innerHeight } : over ? boxIn(over, host) : innerBox(host);
    if (fit === 'box' || !video) return box;
    const { objectFit, objectPosition } = getComputedStyle(video);
    return pictureBox(box, { naturalWidth: video.videoWidth, naturalHeight: video.videoHeight, objectFit, objectPosition });
  }

  /** A fullscreen video covers the page; only later elements of the top layer are above it, so the layer moves there. */
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

/** Layout sizes, because players may scale or rotate the visible box. */
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
