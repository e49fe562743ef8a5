// The console's frame: login, header, navigation and the state of the connection. Each page is a separate element.
import { html, nothing, type TemplateResult } from 'lit';
import './login.ts';
import './pages/audit-page.ts';
import './pages/cluster-page.ts';
import './pages/jobs-page.ts';
import './pages/message-page.ts';
import './pages/reviews-page.ts';
import './pages/room-page.ts';
import './pages/rooms-page.ts';
import './pages/sanctions-page.ts';
import './pages/webhooks-page.ts';
import './pages/words-page.ts';
import './parts/results.ts';
import './parts/dialog.ts';
import { connectivity } from './connectivity.ts';
import { ConsoleElement } from './console-element.ts';
import { moment } from './figures.ts';
import { type PageName, pageNames } from './pages.ts';
import { nameOfScope, needs, whyNot } from './parts/needs.ts';
import { refresh } from './refresh.ts';
import { linkTo, type Place, placeOf } from './route.ts';
import { session } from './session.ts';
import { speak, texts } from './texts/texts.ts';

const shown: Readonly<Record<PageName, (place: Place) => TemplateResult>> = {
  cluster: () => html`<cluster-page></cluster-page>`,
  rooms: ({ id, query }) => (id === undefined ? html`<rooms-page .query=${query}></rooms-page>` : html`<room-page .room=${id}></room-page>`),
  messages: ({ id, query }) => html`<message-page .message=${id ?? ''} .room=${query.get('room') ?? ''}></message-page>`,
  reviews: () => html`<reviews-page></reviews-page>`,
  sanctions: () => html`<sanctions-page></sanctions-page>`,
  words: () => html`<words-page></words-page>`,
  jobs: ({ query }) => html`<jobs-page .query=${query}></jobs-page>`,
  webhooks: () => html`<webhooks-page></webhooks-page>`,
  audit: ({ query }) => html`<audit-page .query=${query}></audit-page>`,
};

class DanmuxConsole extends ConsoleElement {
  readonly #changed = () => this.requestUpdate();
  readonly #moved = () => {
    this.requestUpdate();
    // Moves the focus, so that screen readers announce the new page.
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('main')?.focus());
  };

  override connectedCallback(): void {
    super.connectedCallback();
    for (const source of [session, connectivity, refresh]) source.addEventListener('change', this.#changed);
    addEventListener('hashchange', this.#moved);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const source of [session, connectivity, refresh]) source.removeEventListener('change', this.#changed);
    removeEventListener('hashchange', this.#moved);
  }

  protected override render(): TemplateResult {
    if (!session.info) return html`<console-login></console-login>`;
    const place = placeOf(location.hash, session.lacks('cluster') ? 'rooms' : 'cluster');
    const lacking = session.lacks(place.page);
    document.title = `${place.id ?? texts.pages[place.page]} · danmux`;
    return html`
      <a class="skip" href="#main" @click=${this.#skip}>${texts.skip}</a>
      <header>
        <a class="brand" href="#/">danmux</a>
        ${this.#renderState()}
        <span class="spacer"></span>
        ${this.#renderKey()}
      </header>
      <div class="frame">
        <nav class="pages" aria-label=${texts.navigation}>${pageNames.map((name) => this.#renderLink(name, place))}</nav>
        <main id="main" tabindex="-1">${lacking ? needs(lacking) : shown[place.page](place)}</main>
      </div>
      <console-results></console-results>
      <console-dialog></console-dialog>
    `;
  }

  #renderState(): TemplateResult {
    const state = connectivity.offline ? 'away' : refresh.paused ? 'held' : 'live';
    const stateText = connectivity.offline && connectivity.lastAnswer > 0 ? texts.awaySince(moment(connectivity.lastAnswer)) : texts.states[state];
    return html`<span class="state" role="status" data-testid="state" data-state=${state}>${stateText}</span>
      <button type="button" class="quiet small" aria-pressed=${refresh.paused ? 'true' : 'false'} data-testid="hold" @click=${() => refresh.toggle()}>
        ${refresh.paused ? texts.resume : texts.hold}
      </button>`;
  }

  #renderKey(): TemplateResult | typeof nothing {
    const { info } = session;
    if (!info) return nothing;
    return html`<span class="key" data-testid="key" title=${texts.keyTitle(info.id, info.scopes.map(nameOfScope).join(', '), info.rooms?.join(', '))}
        ><b>${info.id}</b> ${info.scopes.map((scope) => html`<span class="chip">${nameOfScope(scope)}</span>`)}</span>
      <button type="button" class="quiet small" @click=${() => speak(texts.otherLanguage)} lang=${texts.otherLanguage}>${texts.otherLanguageName}</button>
      <button type="button" class="quiet small" data-testid="logout" @click=${() => session.end(null)}>${texts.logOut}</button>`;
  }

  #renderLink(name: PageName, place: Place): TemplateResult {
    const lacking = session.lacks(name);
    if (lacking) return html`<span class="closed" role="link" aria-disabled="true" title=${whyNot(lacking)}>${texts.pages[name]}</span>`;
    return html`<a href=${linkTo(name)} aria-current=${name === place.page ? 'page' : 'false'}>${texts.pages[name]}</a>`;
  }

  readonly #skip = (event: Event): void => {
    event.preventDefault();
    this.querySelector<HTMLElement>('main')?.focus();
  };
}
customElements.define('danmux-console', DanmuxConsole);
