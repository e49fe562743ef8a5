// The gift panel. Choosing a gift only emits an event: the page's backend charges the viewer and publishes the gift.
import { html, nothing, type TemplateResult } from 'lit';
import type { Texts } from './texts.ts';

/** One gift in the panel. */
export interface GiftChoice {
  readonly id: string;
  readonly name: string;
  /** An emoji or other short text; default ★. */
  readonly icon?: string;
  /** URL of a picture, shown instead of the icon. */
  readonly image?: string;
  /** Price as text to display; the panel does no arithmetic with it. */
  readonly price?: string | number;
}

/** The `detail` of the event `gift` of <danmux-chat>. */
export interface GiftChosen {
  readonly gift: GiftChoice;
  readonly count: number;
  readonly room: string;
}

/** Returns the gifts with an id and a name; drops others, because the JSON of an attribute is not checked elsewhere. */
export function giftsOf(value: unknown): readonly GiftChoice[] {
  return Array.isArray(value) ? value.filter((gift): gift is GiftChoice => typeof gift?.id === 'string' && typeof gift?.name === 'string') : [];
}

export interface GiftPanelView {
  readonly texts: Texts;
  readonly gifts: readonly GiftChoice[];
  readonly counts: readonly number[];
  readonly count: number;
  onCount(count: number): void;
  onChoose(gift: GiftChoice): void;
}

export function giftPanel({ texts, gifts, counts, count, onCount, onChoose }: GiftPanelView): TemplateResult {
  return html`<div id="gifts" class="gifts" part="gift-panel" role="group" aria-label=${texts.gifts}>
    <div class="gift-grid">
      ${gifts.map(
        (gift) => html`<button type="button" class="gift-choice" part="gift-choice" data-gift=${gift.id} @click=${() => onChoose(gift)}>
          ${
            gift.image === undefined
              ? html`<span class="gift-icon" aria-hidden="true">${gift.icon ?? '★'}</span>`
              : html`<img class="gift-icon" src=${gift.image} alt="" />`
          }
          <span class="gift-name">${gift.name}</span>
          ${gift.price === undefined ? nothing : html`<span class="gift-price">${gift.price}</span>`}
        </button>`,
      )}
    </div>
    ${
      counts.length < 2
        ? nothing
        : html`<div class="gift-counts" role="group" aria-label=${texts.howMany}>
          ${counts.map(
            (many) =>
              html`<button type="button" class="gift-count" part="gift-count" aria-pressed=${many === count ? 'true' : 'false'} @click=${() => onCount(many)}>×${many}</button>`,
          )}
        </div>`
    }
  </div>`;
}
