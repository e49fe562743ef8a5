// The dialog of the console: describes the effect of an action, asks for the values of its fields, if any, and for confirmation. Escape and Cancel
// close the dialog, and the action is not done.
import { html, nothing, type TemplateResult } from 'lit';
import { ConsoleElement } from '../console-element.ts';
import { texts } from '../texts/texts.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  /** Options of a select field; absent: a text field. */
  readonly options?: readonly (readonly [value: string, label: string])[];
  readonly maxLength?: number;
  readonly required?: boolean;
}

export interface Question {
  readonly title: string;
  readonly text: string;
  /** Label of the confirming button. */
  readonly button: string;
  readonly fields?: readonly Field[];
  /** False for actions that are easy to undo. Default true: the button is red. */
  readonly danger?: boolean;
}

export type Answers = Readonly<Record<string, string>>;

class ConsoleDialog extends ConsoleElement {
  #question: Question | null = null;
  #resolve: ((answers: Answers | null) => void) | null = null;

  /** Resolves with the values of the fields, or null when cancelled. A new question cancels the previous one. */
  ask(question: Question): Promise<Answers | null> {
    this.#settle(null);
    this.#question = question;
    this.requestUpdate();
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  protected override updated(): void {
    const dialog = this.querySelector('dialog');
    if (this.#question && dialog && !dialog.open) dialog.showModal();
  }

  protected override render(): TemplateResult | typeof nothing {
    const question = this.#question;
    if (!question) return nothing;
    const { title, text, button, fields = [], danger = true } = question;
    return html`<dialog class="ask" aria-labelledby="ask-title" aria-describedby="ask-text" @close=${() => this.#settle(null)}>
      <form data-testid="dialog" @submit=${this.#submit}>
        <h2 id="ask-title">${title}</h2>
        <p id="ask-text">${text}</p>
        ${fields.map(fieldOf)}
        <div class="buttons">
          <button type="button" class="quiet" @click=${() => this.#settle(null)}>${texts.cancel}</button>
          <button type="submit" class=${danger ? 'danger' : ''} data-testid="confirm">${button}</button>
        </div>
      </form>
    </dialog>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    this.#settle(Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)])));
  };

  #settle(answers: Answers | null): void {
    const resolve = this.#resolve;
    this.#resolve = null;
    this.#question = null;
    // `close` returns the focus to the element that had it before, so it must run before rendering removes the dialog.
    this.querySelector('dialog')?.close();
    this.requestUpdate();
    resolve?.(answers);
  }
}
customElements.define('console-dialog', ConsoleDialog);

/** Asks the operator. Resolves with the values of the fields, or null when cancelled. */
export function ask(question: Question): Promise<Answers | null> {
  const dialog = document.querySelector<ConsoleDialog>('console-dialog');
  return dialog ? dialog.ask(question) : Promise.resolve(null);
}

function fieldOf({ name, label, value = '', options, maxLength = 256, required = false }: Field): TemplateResult {
  return html`<label class="field"><span>${label}</span>
    ${
      options
        ? html`<select name=${name}>${options.map(([given, shown]) => html`<option value=${given} ?selected=${given === value}>${shown}</option>`)}</select>`
        : html`<input name=${name} .value=${value} maxlength=${maxLength} ?required=${required} autocomplete="off">`
    }
  </label>`;
}
