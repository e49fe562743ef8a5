// Why something is not offered: the key lacks a scope. Said once for each group of controls, in place of them.
import { html, nothing, type TemplateResult } from 'lit';
import type { Scope } from '../pages.ts';
import { session } from '../session.ts';
import { texts } from '../texts/texts.ts';

/** The controls, or the reason why there are none. */
export function offered(scope: Scope, controls: () => unknown): unknown {
  return session.may(scope) ? controls() : needs(scope);
}

export function needs(scope: Scope): TemplateResult {
  return html`<p class="needs" data-testid="needs" data-scope=${scope}>${texts.needs(session.info?.id ?? '', scope)}</p>`;
}

/** The control, or nothing, where the reason stands beside already. */
export function ifMay(scope: Scope, control: () => unknown): unknown {
  return session.may(scope) ? control() : nothing;
}
