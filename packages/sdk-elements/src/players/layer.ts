// The element on a player that contains the overlay: it covers the video or the player's box, also after resizing and in fullscreen. It draws
// nothing and lets clicks through to the player.
import { type Box, pictureBox } from './picture.ts';

export interface LayerPlace {
  /** Parent of the layer. If its `position` is `static`, it is set to `relative` until `destroy`. */
  readonly host: HTMLElement;
  /** The video whose box the layer covers; undefined: the layer covers all of `host`. */
  readonly over: HTMLVideoElement | undefined;
  readonly fit: 'box' | 'picture';
  /** Returns the player's current video, because players replace their video element. */
  readonly video: () => HTMLVideoElement | null;
  readonly zIndex: number | undefined;
  /** True: the overlay is in a shadow root, so that the player's CSS does not apply to it. */
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
    // Reset the font, because players set it on their content, some to size 0.
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
    // `visibility` instead of `display`, so that the overlay keeps its size.
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

  /** Inserts the layer directly after the video, so that later elements such as custom controls stay above it. */
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

  /** Makes the layer a popover while a fullscreen element contains the video but not the layer. Otherwise that element would cover the layer. */
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

/** The box of the video in `host`, from layout sizes: `getBoundingClientRect` would include scaling and rotation by the player. */
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
