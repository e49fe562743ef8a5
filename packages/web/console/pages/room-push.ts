// The form that publishes a message to a room, as a backend does, and shows the id and lane of the reply. The type determines the lane.
import { type Lane, limits, type MessageType, messageTypes, reservedTypes } from '@danmux/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { change, pathOf, randomText } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { laneChip } from '../lanes.ts';
import { ask } from '../parts/dialog.ts';
import { perform } from '../parts/results.ts';
import type { PublishReply } from '../replies.ts';
import { linkTo } from '../route.ts';
import { texts } from '../texts/texts.ts';

const types = Object.keys(messageTypes).filter((type) => !reservedTypes.includes(type));
const examples: Readonly<Record<string, string>> = {
  gift: '{"gift": "rocket", "name": "火箭", "count": 1}',
  superchat: '{"text": "…", "amount": 50}',
  like: '{"count": 1}',
};

class RoomPush extends ConsoleElement {
  static override readonly properties = { room: {} };
  declare room: string;
  #type = 'chat';
  #problem = '';
  #busy = false;
  #sent: PublishReply | null = null;

  constructor() {
    super();
    this.room = '';
  }

  protected override render(): TemplateResult {
    const lane = laneOf(this.#type);
    return html`<form class="push" @submit=${this.#submit} data-testid="push">
      <div class="pair">
        <label class="field"><span>${texts.type}</span>
          <input name="type" list="types" required maxlength=${limits.typeName} .value=${this.#type} autocomplete="off" spellcheck="false" @input=${this.#retype}></label>
        <p class="field"><span>${texts.lane}</span><span data-testid="push-lane">${lane ? laneChip(lane) : html`<span class="faint">${texts.laneOfTable}</span>`}</span></p>
      </div>
      <datalist id="types">${types.map((type) => html`<option value=${type}></option>`)}</datalist>
      <label class="field"><span>${texts.data}</span>
        <textarea name="data" rows="3" required spellcheck="false" placeholder=${examples[this.#type] ?? texts.sayText} aria-describedby="push-problem"></textarea></label>
      <div class="pair">
        <label class="field"><span>${texts.fromId}</span><input name="from" maxlength=${limits.userId} autocomplete="off"></label>
        <label class="field"><span>${texts.fromName}</span><input name="name" maxlength="128" autocomplete="off"></label>
      </div>
      <p class="wrong" id="push-problem" role="alert">${this.#problem}</p>
      <div class="buttons">
        <label class="check"><input type="checkbox" name="receipt"> ${texts.askReceipts}</label>
        <button type="submit" ?disabled=${this.#busy} data-testid="push-send">${texts.send}</button>
      </div>
      ${this.#sent ? this.#renderSent(this.#sent) : nothing}
    </form>`;
  }

  #renderSent({ id, lane }: PublishReply): TemplateResult {
    return html`<p class="sent" role="status" data-testid="pushed" data-id=${id}>${texts.stored} ${laneChip(lane)}
      <a href=${linkTo('messages', id, { room: this.room })}><code>${id}</code></a></p>`;
  }

  readonly #retype = (event: Event): void => {
    this.#type = (event.target as HTMLInputElement).value;
    this.requestUpdate();
  };

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#send(new FormData(event.target as HTMLFormElement));
  };

  async #send(form: FormData): Promise<void> {
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const data = dataOf(text('data'));
    this.#problem = data.problem;
    this.requestUpdate();
    if (data.problem) return;
    const type = text('type');
    // Every lane but chat needs a confirmation, because viewers see gifts and notices prominently.
    if (laneOf(type) !== 'chat' && !(await ask({ title: texts.pushTitle(type), text: texts.pushText(type, this.room), button: texts.send, danger: false })))
      return;
    const from = text('from') ? { from: { id: text('from'), ...(text('name') ? { name: text('name') } : {}) } } : {};
    const body = { type, data: data.value, id: randomText(), ...from, ...(form.has('receipt') ? { receipt: true } : {}) };
    this.#busy = true;
    this.requestUpdate();
    this.#sent = await perform(texts.pushed(type, this.room), () => change<PublishReply>('POST', pathOf`/v1/rooms/${this.room}/messages`, body));
    this.#busy = false;
    if (this.#sent) this.#clear();
    this.requestUpdate();
  }

  #clear(): void {
    const area = this.querySelector('textarea');
    if (area) area.value = '';
  }
}
customElements.define('room-push', RoomPush);

/** The lane of a built-in type; null for a type of the application, whose lane only the server knows. */
function laneOf(type: string): Lane | null {
  return Object.hasOwn(messageTypes, type) ? ((messageTypes as Readonly<Record<string, MessageType>>)[type]?.lane ?? null) : null;
}

/** Parses input that starts with `{` or `[` as JSON; any other input becomes `{text}`. */
function dataOf(written: string): { readonly value: unknown; readonly problem: string } {
  if (!/^[[{]/.test(written)) return { value: { text: written }, problem: '' };
  try {
    return { value: JSON.parse(written), problem: '' };
  } catch (error) {
    return { value: null, problem: texts.notJson(error instanceof Error ? error.message : String(error)) };
  }
}
