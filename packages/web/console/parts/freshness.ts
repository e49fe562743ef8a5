// Says when what is shown is not what is: the api is away, it refused, or nothing has come yet. Old numbers never stand there as if fresh.
import { html, nothing, type TemplateResult } from 'lit';
import { Refused } from '../call.ts';
import { moment, span } from '../figures.ts';
import type { Poll } from '../poll.ts';
import { serverTime } from '../server-time.ts';
import { texts } from '../texts/texts.ts';

/** The class of an element whose numbers come from this poll. */
export function freshClass({ error, value }: Pick<Poll<unknown>, 'error' | 'value'>): string {
  return error && value !== undefined ? 'old' : '';
}

export function freshness({ error, value, at }: Pick<Poll<unknown>, 'error' | 'value' | 'at'>): TemplateResult | typeof nothing {
  if (!error) return value === undefined ? html`<p class="waiting">${texts.loading}</p>` : nothing;
  const age = value === undefined ? '' : texts.shownIsFrom(moment(at), span(serverTime() - at));
  return html`<p class="stale" role="alert" data-testid="stale"><strong>${reasonOf(error)}</strong> ${age}</p>`;
}

/** The text of a refusal with its code and trace id, or that nobody answered. */
export function reasonOf(error: Error): string {
  if (!(error instanceof Refused)) return texts.apiAway(error.message);
  const { code, message, trace, fields } = error;
  return [message, fields.filter((field) => !message.includes(field)).join('; '), `(${code}${trace ? ` · ${texts.trace} ${trace}` : ''})`]
    .filter(Boolean)
    .join(' ');
}
