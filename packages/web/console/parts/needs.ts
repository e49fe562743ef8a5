// Controls that need a scope. When the key lacks the scope, a text with the reason is shown in their place.
import { html, nothing, type TemplateResult } from 'lit';
import type { Scope } from '../pages.ts';
import { session } from '../session.ts';
import { texts } from '../texts/texts.ts';

/** The controls when the key has the scope; otherwise the reason why they are missing. */
export function offered(scope: Scope, controls: () => unknown): unknown {
  return session.may(scope) ? controls() : needs(scope);
}

export function needs(lacking: Scope | 'rooms'): TemplateResult {
  // In another language than English the name of the scope, as keys are made with it, follows its translation.
  const name = lacking === 'rooms' || nameOfScope(lacking) === lacking ? nothing : html` <code>${lacking}</code>`;
  return html`<p class="needs" data-testid="needs" data-scope=${lacking}>${whyNot(lacking)}${name}</p>`;
}

export function whyNot(lacking: Scope | 'rooms'): string {
  const { id = '', rooms = [] } = session.info ?? {};
  return lacking === 'rooms' ? texts.needsAllRooms(id, rooms.join(', ')) : texts.needs(id, nameOfScope(lacking));
}

export function nameOfScope(scope: string): string {
  return texts.scopes[scope] ?? scope;
}

/** The control when the key has the scope; otherwise nothing. Use it where the page shows the reason in another place. */
export function ifMay(scope: Scope, control: () => unknown): unknown {
  return session.may(scope) ? control() : nothing;
}
