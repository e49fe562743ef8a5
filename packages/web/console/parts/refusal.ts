// Renders why the api did not do what was asked: in the language of the page by the code of the error, followed by the text of the api, which is in
// English and names the details.
import { html, nothing, type TemplateResult } from 'lit';
import { Refused } from '../call.ts';
import { texts } from '../texts/texts.ts';

/** The reason for old or missing content: a refusal with its code and trace id, or the information that the api does not answer. */
export function reasonOf(error: Error): unknown {
  if (!(error instanceof Refused)) return texts.apiAway(error.message);
  const { code, trace } = error;
  return html`${refusalOf(error)} (<code>${code}</code>${trace ? html` · ${texts.trace} <code>${trace}</code>` : nothing})`;
}

/** The reason why an action was not done. The trace id is shown elsewhere. */
export function detailOf(error: Error): unknown {
  if (!(error instanceof Refused)) return texts.notKnownIfDone(error.message);
  return html`<span>${refusalOf(error)} (<code>${error.code}</code>)</span>`;
}

function refusalOf({ code, message, fields }: Refused): TemplateResult {
  const text = [message, ...fields.filter((field) => !message.includes(field))].join(' ');
  const translated = texts.errors[code];
  return html`${translated ? html`${translated} ` : nothing}<span lang="en">${text}</span>`;
}
