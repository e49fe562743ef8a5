// Marks content that is loading or outdated because the api is unreachable or refused the request, so that old numbers do not look current.
import { html, nothing, type TemplateResult } from 'lit';
import { moment, span } from '../figures.ts';
import type { Poll } from '../poll.ts';
import { serverTime } from '../server-time.ts';
import { texts } from '../texts/texts.ts';
import { reasonOf } from './refusal.ts';

/** The CSS class for an element that shows the reply of this poll: `old` when the latest request failed. */
export function freshClass({ error, value }: Pick<Poll<unknown>, 'error' | 'value'>): string {
  return error && value !== undefined ? 'old' : '';
}

export function freshness({ error, value, at }: Pick<Poll<unknown>, 'error' | 'value' | 'at'>): TemplateResult | typeof nothing {
  if (!error) return value === undefined ? html`<p class="waiting">${texts.loading}</p>` : nothing;
  const age = value === undefined ? '' : texts.shownIsFrom(moment(at), span(serverTime() - at));
  return html`<p class="stale" role="alert" data-testid="stale"><strong>${reasonOf(error)}</strong> ${age}</p>`;
}
