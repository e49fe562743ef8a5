// The form of a room's modes; an empty field means no limit. The form sends only changed modes, so the changes that another operator made
// meanwhile are kept.
import { limits, type RoomModes as Modes } from '@danmux/protocol';
import type { ModesChange } from '@danmux/protocol/schemas';
import { html, nothing, type TemplateResult } from 'lit';
import { change, pathOf } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { ask } from '../parts/dialog.ts';
import { perform } from '../parts/results.ts';
import { texts } from '../texts/texts.ts';

const switches = ['mute_all', 'members_only', 'unique'] as const;
const numbers = {
  slow_ms: { min: 0.1, max: limits.modeMs / 1_000, step: 0.1, scale: 1_000 },
  min_level: { min: 1, max: 1_000_000, step: 1, scale: 1 },
  chat_per_second: { min: 0.01, max: 100_000, step: 0.01, scale: 1 },
  send_per_minute: { min: 1, max: 100_000, step: 1, scale: 1 },
  max_online: { min: 1, max: 100_000_000, step: 1, scale: 1 },
} as const;
type NumberMode = keyof typeof numbers;
const numberModes = Object.keys(numbers) as readonly NumberMode[];

class RoomModes extends ConsoleElement {
  static override readonly properties = {
    room: {},
    modes: { attribute: false, hasChanged: (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other) },
  };
  declare room: string;
  declare modes: Modes;

  constructor() {
    super();
    this.room = '';
    this.modes = {};
  }

  protected override render(): TemplateResult {
    const { modes } = this;
    return html`<form class="modes" @submit=${this.#submit} data-testid="modes">
      <div class="pair">${switches.map((mode) => html`<label class="check"><input type="checkbox" name=${mode} .checked=${modes[mode] === true}> ${texts.modeNames[mode]}</label>`)}</div>
      <div class="pair">${numberModes.map((mode) => {
        const { min, max, step, scale } = numbers[mode];
        const value = modes[mode];
        return html`<label class="field"><span>${texts.modeNames[mode]}</span>
          <input type="number" name=${mode} min=${min} max=${max} step=${step} .value=${value === undefined ? '' : String(value / scale)} placeholder=${texts.noLimit}></label>`;
      })}</div>
      <div class="buttons">
        ${Object.keys(modes).length > 0 ? html`<button type="button" class="quiet" @click=${this.#clear}>${texts.allModesOff}</button>` : nothing}
        <button type="submit" data-testid="save-modes">${texts.save}</button>
      </div>
    </form>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#save(changesOf(new FormData(event.target as HTMLFormElement), this.modes));
  };

  readonly #clear = (): void => void this.#save(Object.fromEntries(Object.keys(this.modes).map((mode) => [mode, null])));

  async #save(modes: ModesChange): Promise<void> {
    const names = Object.keys(modes) as (keyof Modes)[];
    if (names.length === 0) return;
    const listed = names.map((name) => `${texts.modeNames[name]}: ${valueText(name, modes[name])}`).join('; ');
    if (!(await ask({ title: texts.modesTitle, text: texts.modesText(this.room, listed), button: texts.save, danger: modes.mute_all === true }))) return;
    await perform(texts.modesDone(this.room), () => change('PATCH', pathOf`/v1/rooms/${this.room}`, { modes }));
    this.dispatchEvent(new Event('changed'));
  }
}
customElements.define('room-modes', RoomModes);

function changesOf(form: FormData, modes: Modes): ModesChange {
  const changed: Record<string, boolean | number | null> = {};
  for (const mode of switches) if (form.has(mode) !== (modes[mode] === true)) changed[mode] = form.has(mode) ? true : null;
  for (const mode of numberModes) {
    const written = String(form.get(mode) ?? '').trim();
    const value = written === '' ? null : round(Number(written) * numbers[mode].scale, mode);
    if (value !== (modes[mode] ?? null)) changed[mode] = value;
  }
  return changed as ModesChange;
}

/** Rounds a value in the api's unit, such as milliseconds for `slow_ms`, to a whole number; only `chat_per_second` may have fractions. */
function round(value: number, mode: NumberMode): number {
  return mode === 'chat_per_second' ? value : Math.round(value);
}

function valueText(name: keyof Modes, value: boolean | number | null | undefined): string {
  if (value === null || value === undefined) return texts.off;
  if (value === true) return texts.on;
  return String(name === 'slow_ms' ? Number(value) / 1_000 : value);
}
