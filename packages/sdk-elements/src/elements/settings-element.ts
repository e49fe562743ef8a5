// The element <danmux-settings>: a menu for the viewer's danmaku settings. The given overlay applies and stores them.
import type { OverlaySettings, OverlayVerbs } from '@danmux/sdk';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { slidersIcon } from './icons.ts';
import { languageOf, type Texts, textsOf } from './texts.ts';
import { theme } from './theme.ts';

type Slid = 'opacity' | 'speed' | 'area' | 'fontSize';

interface Slider {
  readonly name: Slid;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  shown(value: number): string;
}

const percent = (value: number) => `${Math.round(value * 100)} %`;
const sliders: readonly Slider[] = [
  { name: 'opacity', min: 0.1, max: 1, step: 0.05, shown: percent },
  { name: 'speed', min: 0.5, max: 2, step: 0.1, shown: (value) => `${value.toFixed(1)} ×` },
  { name: 'area', min: 0.1, max: 1, step: 0.1, shown: percent },
  { name: 'fontSize', min: 12, max: 48, step: 1, shown: (value) => `${value} px` },
];
const defaultFontSize = 20;
/** Distance between menu and button, CSS pixels. */
const gap = 8;

/** `<danmux-settings>`: a menu for the settings of the overlay in the property `overlay`. */
export class DanmuxSettingsElement extends LitElement {
  static override readonly properties = { overlay: { attribute: false } };
  static override readonly styles = [
    theme,
    css`
      :host {
        display: inline-block;
        position: relative;
        font: var(--_font);
        color: var(--_text);
      }
      :host([hidden]) {
        display: none;
      }
      .toggle {
        display: grid;
        place-items: center;
        width: 36px;
        height: 36px;
        padding: 0;
        border: 0;
        border-radius: 999px;
        background: #0c0d14b3;
        color: #fff;
      }
      .panel {
        position: fixed;
        inset: auto;
        margin: 0;
        width: min(270px, 92vw);
        max-height: 92vh;
        overflow-y: auto;
        padding: 12px 14px;
        border: 1px solid var(--_line);
        border-radius: var(--_radius);
        background: var(--_ground);
        color: var(--_text);
        box-shadow: 0 12px 40px #0009;
        font: var(--_font);
        font-size: 14px;
      }
      label {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0 8px;
        padding: 4px 0;
      }
      output {
        color: var(--_faint);
        font-variant-numeric: tabular-nums;
      }
      input[type='range'] {
        grid-column: 1 / -1;
        width: 100%;
        margin: 2px 0;
        accent-color: var(--_accent);
      }
      input[type='checkbox'] {
        width: 18px;
        height: 18px;
        accent-color: var(--_accent);
      }
    `,
  ];

  declare overlay: OverlayVerbs | undefined;

  protected override render(): TemplateResult {
    const texts = textsOf(languageOf(this));
    return html`<button type="button" class="toggle" part="settings-button" data-testid="settings" aria-label=${texts.settings} title=${texts.settings}
        popovertarget="panel">${slidersIcon}</button>
      <div id="panel" class="panel" part="settings-panel" popover role="group" aria-label=${texts.settings} @beforetoggle=${this.#opens} @toggle=${this.#opened}>
        ${this.overlay ? this.#choices(texts, this.overlay.settings) : nothing}
      </div>`;
  }

  #choices(texts: Texts, settings: OverlaySettings): TemplateResult {
    return html`
      <label>${texts.danmaku}<input type="checkbox" name="danmaku" .checked=${settings.danmaku} @change=${this.#switched} /></label>
      ${sliders.map(({ name, min, max, step, shown }) => {
        const value = settings[name] ?? defaultFontSize;
        return html`<label>${texts[name]}<output>${shown(value)}</output>
          <input type="range" name=${name} min=${min} max=${max} step=${step} .value=${String(value)} @input=${this.#slid} /></label>`;
      })}`;
  }

  readonly #switched = (event: Event): void => this.#configure({ danmaku: (event.target as HTMLInputElement).checked });

  readonly #slid = (event: Event): void => {
    const { name, valueAsNumber } = event.target as HTMLInputElement;
    this.#configure({ [name]: valueAsNumber });
  };

  readonly #opens = (event: ToggleEvent): void => {
    // The settings may have changed elsewhere while the menu was closed.
    if (event.newState === 'open') this.requestUpdate();
  };

  /** Places the menu next to the button and within the window. It is a popover, so that no player clips it. */
  readonly #opened = (event: ToggleEvent): void => {
    if (event.newState !== 'open') return;
    const panel = event.target as HTMLElement;
    const button = this.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel;
    const below = button.bottom + gap;
    const top = below + height <= innerHeight - gap ? below : Math.max(gap, button.top - gap - height);
    panel.style.left = `${Math.max(gap, Math.min(button.right - width, innerWidth - width - gap))}px`;
    panel.style.top = `${top}px`;
    panel.querySelector('input')?.focus();
  };

  #configure(change: Partial<OverlaySettings>): void {
    this.overlay?.configure(change);
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('change', { detail: change }));
  }
}
