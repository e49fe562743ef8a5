// The overlay's elements in the page: root and layers, their sizes, text measurement, and the part of the height used for danmaku. It reports changes
// of these and shows no item itself.
import type { DanmakuSize } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';
import { adoptStyle } from './style-sheet.ts';
import type { Lines } from './tracks.ts';

/** Heights of a gift banner and of a pinned card with their margins, CSS pixels; needed before the first one can be measured. */
const giftRow = 46;
const pinRow = 88;
const sizes: Readonly<Record<DanmakuSize, number>> = { small: 0.8, normal: 1, large: 1.4 };

/** The computed font and colours of danmaku; sizes in CSS pixels. */
export interface Look {
  readonly style: string;
  /** Font family from the settings; undefined when the page's CSS defines it. */
  readonly fontFamily: string | undefined;
  readonly family: string;
  readonly size: number;
  readonly lineHeight: number;
  /** Sum of left and right padding. */
  readonly padding: number;
  readonly color: string;
}

export interface Measured {
  readonly width: number;
  readonly height: number;
  readonly size: number;
}

export class Stage {
  readonly root = layer('danmux-overlay', 'overlay');
  readonly gifts = layer('danmux-gifts', 'gifts');
  readonly pins = layer('danmux-pins', 'pins');
  readonly #probe = layer('danmux-danmaku danmux-probe');
  readonly #ruler = document.createElement('canvas').getContext('2d');
  #rulerFont = '';
  readonly #changed: () => void;
  readonly #resized: ResizeObserver;
  #settings: OverlaySettings;
  #undress: (() => void) | undefined;
  #look: Look = { style: '', fontFamily: undefined, family: 'sans-serif', size: 20, lineHeight: 32, padding: 12, color: '#fff' };
  #width = 0;
  #height = 0;

  /** `changed` is called when the size, the font or the number of lines may have changed. */
  constructor(container: HTMLElement, settings: OverlaySettings, changed: () => void) {
    this.#settings = settings;
    this.#changed = changed;
    this.#probe.textContent = 'danmux';
    this.#probe.setAttribute('aria-hidden', 'true');
    this.root.append(this.gifts, this.pins, this.#probe);
    container.append(this.root);
    this.#measure();
    this.#resized = new ResizeObserver(() => this.#remeasure());
    for (const element of [this.root, this.gifts, this.pins, this.#probe]) this.#resized.observe(element);
  }

  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  get look(): Look {
    return this.#look;
  }

  /** Number of gift banners that fit in a third of the height, at least one, up to `maxGifts`. */
  get giftRows(): number {
    return rows(this.#settings.maxGifts, this.#height / 3, giftRow);
  }

  /** Number of pinned cards that fit in 40 % of the height, at least one, up to `maxPins`. */
  get pinRows(): number {
    return rows(this.#settings.maxPins, this.#height * 0.4, pinRow);
  }

  configure(settings: OverlaySettings): void {
    this.#settings = settings;
    this.#measure();
  }

  /** Adds the renderer's layer for danmaku, below banners and pins. */
  setFlying(element: HTMLElement): void {
    element.setAttribute('aria-hidden', 'true');
    this.root.prepend(element);
  }

  measure(text: string, size: DanmakuSize): Measured {
    const scale = sizes[size];
    const pixels = this.#look.size * scale;
    return { width: Math.ceil(this.#textWidth(text, pixels) + this.#look.padding), height: Math.round(this.#look.lineHeight * scale), size: pixels };
  }

  font(pixels: number): string {
    return `${this.#look.style} ${pixels}px ${this.#look.family}`;
  }

  /** The part of the height used for danmaku now: below the shown pins, above the space for gift banners, and within the setting `area`. */
  lines(): Lines {
    const top = this.pins.childElementCount > 0 ? Math.min(this.pins.offsetTop + this.pins.offsetHeight, this.#height * 0.6) : 0;
    const foot = this.gifts.offsetTop + this.gifts.offsetHeight;
    const giftsTop = this.#settings.maxGifts > 0 ? foot - Math.max(this.giftRows * giftRow, this.gifts.offsetHeight) : this.#height;
    const bottom = Math.min(giftsTop, this.#height * this.#settings.area);
    const { lineHeight } = this.#look;
    return { top, bottom: Math.max(bottom, top + lineHeight), lineHeight };
  }

  destroy(): void {
    this.#resized.disconnect();
    this.root.remove();
    this.#undress?.();
  }

  #remeasure(): void {
    this.#measure();
    this.#changed();
  }

  #textWidth(text: string, pixels: number): number {
    if (!this.#ruler) return text.length * pixels;
    const font = this.font(pixels);
    if (this.#rulerFont !== font) this.#ruler.font = this.#rulerFont = font;
    return this.#ruler.measureText(text).width;
  }

  #measure(): void {
    this.#undress ??= adoptStyle(this.root);
    const { fontFamily, fontSize, lineHeight } = this.#settings;
    this.#probe.style.fontFamily = fontFamily ?? '';
    this.#probe.style.fontSize = fontSize === null ? '' : `${fontSize}px`;
    this.#width = this.root.clientWidth;
    this.#height = this.root.clientHeight;
    const style = getComputedStyle(this.#probe);
    const size = Number.parseFloat(style.fontSize) || 20;
    this.#look = {
      style: `${style.fontStyle} ${style.fontWeight}`,
      fontFamily: fontFamily ?? undefined,
      family: style.fontFamily || 'sans-serif',
      size,
      lineHeight: lineHeight ?? Math.round(size * 1.6),
      padding: Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight) || 0,
      color: style.color || '#fff',
    };
  }
}

function rows(most: number, height: number, row: number): number {
  return Math.min(most, Math.max(1, Math.floor(height / row)));
}

function layer(className: string, part?: string): HTMLElement {
  const element = document.createElement('div');
  element.className = className;
  if (part) element.part.add(part);
  return element;
}
