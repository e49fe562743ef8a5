// The page of word lists with their actions: reads, replaces and removes lists.
import { limits, type WordAction } from '@danmux/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { change, get, pathOf } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { count } from '../figures.ts';
import { ask } from '../parts/dialog.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { ifMay, offered } from '../parts/needs.ts';
import { perform } from '../parts/results.ts';
import { Poll } from '../poll.ts';
import type { WordListReply, WordListsReply } from '../replies.ts';
import { texts } from '../texts/texts.ts';

const actions = ['block', 'mask', 'hold', 'shadow'] as const satisfies readonly WordAction[];

class WordsPage extends ConsoleElement {
  readonly #lists = new Poll(this, 10_000, (signal) => get<WordListsReply>('/v1/words', {}, signal));
  #open: WordListReply = { name: '', action: 'block', words: [] };

  protected override render(): TemplateResult {
    const lists = this.#lists.value?.lists;
    return html`
      <h1>${texts.pages.words}</h1>
      <section class="panel"><h2>${texts.lists}</h2>${freshness(this.#lists)}
        <div class=${freshClass(this.#lists)}>${lists ? (lists.length > 0 ? this.#renderLists(lists) : html`<p class="empty">${texts.noLists}</p>`) : nothing}</div></section>
      <section class="panel"><h2>${texts.writeList}</h2>${offered('moderate', () => this.#renderForm())}</section>
    `;
  }

  #renderLists(lists: WordListsReply['lists']): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${texts.lists}><table class="broad" data-testid="words">
      <thead><tr><th scope="col">${texts.list}</th><th scope="col">${texts.action}</th><th scope="col" class="number">${texts.words}</th><th scope="col">${texts.rooms}</th><th scope="col">${texts.actions}</th></tr></thead>
      <tbody>${lists.map(
        ({
          name,
          action,
          count: words,
          rooms,
        }) => html`<tr><th scope="row">${name}</th><td><span class="chip">${texts.wordActions[action]}</span></td><td class="number">${count(words)}</td>
          <td>${rooms?.join(', ') ?? texts.everyRoom}</td>
          <td class="actions">${ifMay(
            'moderate',
            () => html`<button type="button" class="link" @click=${() => this.#edit(name)}>${texts.edit}</button>
            <button type="button" class="link" @click=${() => this.#remove(name)}>${texts.remove}</button>`,
          )}</td></tr>`,
      )}</tbody></table></div>`;
  }

  #renderForm(): TemplateResult {
    const { name, action, words, rooms = [] } = this.#open;
    return html`<form class="push" @submit=${this.#submit}>
      <div class="pair">
        <label class="field"><span>${texts.listName}</span><input name="name" required maxlength="32" pattern="[a-z0-9][a-z0-9_\\-]*" .value=${name} autocomplete="off"></label>
        <label class="field"><span>${texts.action}</span><select name="action">${actions.map((known) => html`<option value=${known} ?selected=${known === action}>${texts.wordActions[known]}</option>`)}</select></label>
      </div>
      <label class="field"><span>${texts.wordsByLine}</span><textarea name="words" rows="6" .value=${words.join('\n')} spellcheck="false"></textarea></label>
      <label class="field"><span>${texts.onlyRooms}</span><input name="rooms" .value=${rooms.join(' ')} placeholder="live:*" autocomplete="off"></label>
      <div class="buttons"><button type="submit">${texts.save}</button></div>
    </form>`;
  }

  async #edit(name: string): Promise<void> {
    const list = await perform(texts.listRead(name), async () => ({ body: await get<WordListReply>(pathOf`/v1/words/${name}`), trace: undefined }));
    if (list) this.#open = list;
    this.requestUpdate();
  }

  async #remove(name: string): Promise<void> {
    if (!(await ask({ title: texts.removeTitle, text: texts.removeText(name), button: texts.remove }))) return;
    await perform(texts.removed(name), () => change('DELETE', pathOf`/v1/words/${name}`));
    this.#lists.again();
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#save(new FormData(event.target as HTMLFormElement));
  };

  async #save(form: FormData): Promise<void> {
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const words = [...new Set(linesOf(text('words')))];
    const rooms = text('rooms')
      .split(/[\s,]+/)
      .filter(Boolean);
    const question = { title: texts.saveListTitle, text: texts.saveListText(text('name'), count(words.length), count(limits.words)), button: texts.save };
    if (!(await ask(question))) return;
    const body = { action: text('action'), words, ...(rooms.length > 0 ? { rooms } : {}) };
    await perform(texts.listSaved(text('name')), () => change('PUT', pathOf`/v1/words/${text('name')}`, body));
    this.#lists.again();
  }
}
customElements.define('words-page', WordsPage);

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
