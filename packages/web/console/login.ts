// The login form: reads an API key and verifies it with the api. The key is sent only in request headers, never in a URL.
import { html, nothing, type TemplateResult } from 'lit';
import { get, Refused } from './call.ts';
import { ConsoleElement } from './console-element.ts';
import { reasonOf } from './parts/refusal.ts';
import type { KeySelfReply } from './replies.ts';
import { session } from './session.ts';
import { speak, texts } from './texts/texts.ts';

class ConsoleLogin extends ConsoleElement {
  #busy = false;
  #problem: unknown = '';

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `danmux · ${texts.title}`;
    if (session.key !== null) void this.#enter(session.key);
  }

  protected override render(): TemplateResult {
    const problem = this.#problem || (session.ended === 'refused' && !this.#busy ? texts.sessionEnded : '');
    return html`<main class="login">
      <form class="panel" @submit=${this.#submit}>
        <h1 class="brand">danmux</h1>
        <p>${texts.loginText}</p>
        <label class="field"><span>${texts.apiKey}</span>
          <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required autofocus data-testid="api-key"
            aria-describedby=${problem ? 'login-problem' : nothing}>
        </label>
        ${problem ? html`<p class="stale" id="login-problem" role="alert" data-testid="login-problem">${problem}</p>` : nothing}
        <button type="submit" data-testid="log-in" ?disabled=${this.#busy}>${this.#busy ? texts.checking : texts.logIn}</button>
        <p class="faint">${texts.loginHint}</p>
      </form>
      <button type="button" class="quiet small" lang=${texts.otherLanguage} @click=${() => speak(texts.otherLanguage)}>${texts.otherLanguageName}</button>
    </main>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const key = String(new FormData(event.target as HTMLFormElement).get('key') ?? '').trim();
    if (key) void this.#enter(key);
  };

  async #enter(key: string): Promise<void> {
    this.#busy = true;
    this.#problem = '';
    this.requestUpdate();
    // `fetch` would throw: other characters are not allowed in a header, so this cannot be a key.
    if (!/^[\x21-\x7e]+$/.test(key)) return this.#showProblem(texts.notAKey);
    session.begin(key);
    try {
      session.prove(await get<KeySelfReply>('/v1/keys/me'));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const unauthorized = error instanceof Refused && error.status === 401;
      this.#showProblem(unauthorized ? html`${texts.notAKey} ${reasonOf(error)}` : reasonOf(error));
    }
  }

  #showProblem(problem: unknown): void {
    this.#busy = false;
    this.#problem = problem;
    this.requestUpdate();
  }
}
customElements.define('console-login', ConsoleLogin);
