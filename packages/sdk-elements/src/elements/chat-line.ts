// Renders one line of the chat list: chat, gift, super chat, notice or gap.
import { errors } from '@danmux/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import type { Entry } from './chat-entry.ts';
import { errorText, type Texts } from './texts.ts';

export interface LineView {
  readonly texts: Texts;
  onRetry(entry: Entry): void;
  onDiscard(entry: Entry): void;
}

/** Cap on role badges of a sender; more would push the text out of the line. */
const maxBadges = 3;

export function chatLine(entry: Entry, view: LineView): TemplateResult {
  switch (entry.kind) {
    case 'gift':
      return giftLine(entry, view.texts);
    case 'superchat':
      return superchatLine(entry);
    case 'notice':
      return html`<span class="said" part="notice">${entry.text}</span>`;
    case 'gap':
      return html`<span class="said" part="gap">${view.texts.gap(entry.count, entry.atLeast)}</span>`;
    default:
      return spokenLine(entry, view);
  }
}

function spokenLine(entry: Entry, view: LineView): TemplateResult {
  return html`${badges(entry, view.texts)}${name(entry)}<span class="text" part="text">${entry.text}</span>${fate(entry, view)}`;
}

function giftLine(entry: Entry, texts: Texts): TemplateResult {
  const { text, icon, count } = entry;
  const times = count > 1 ? html` <b class="times">×${count}</b>` : nothing;
  return html`<span class="gift-line" part="gift">${name(entry)}${texts.gave} ${icon ? html`<span aria-hidden="true">${icon}</span> ` : nothing}<b>${text}</b>${times}</span>`;
}

function superchatLine(entry: Entry): TemplateResult {
  return html`<div class="paid" part="superchat">
    <div class="paid-head">${name(entry)}${entry.amount === undefined ? nothing : html`<b class="amount">${entry.amount}</b>`}</div>
    <div class="paid-text">${entry.text}</div>
  </div>`;
}

function name({ from }: Entry): TemplateResult | typeof nothing {
  const shown = from?.name ?? from?.id;
  // <bdi> isolates the name. Otherwise a name in a right-to-left script would change the order of the whole line.
  return shown === undefined ? nothing : html`<bdi class="name" part="name">${shown}</bdi>`;
}

function badges({ from }: Entry, texts: Texts): TemplateResult | typeof nothing {
  if (!from) return nothing;
  const { level } = from;
  const roles = rolesOf(from['roles'])
    .filter((role) => Object.hasOwn(texts.roles, role))
    .slice(0, maxBadges);
  const shown = roles.map((role) => html`<span class="badge" part="badge" data-role=${role}>${texts.roles[role]}</span>`);
  if (typeof level === 'number' && level > 0) shown.push(html`<span class="badge level" part="level" data-tier=${tierOf(level)}>${texts.level(level)}</span>`);
  return html`${shown}`;
}

function rolesOf(roles: unknown): readonly string[] {
  return Array.isArray(roles) ? roles.filter((role): role is string => typeof role === 'string') : [];
}

const tierOf = (level: number) => Math.min(4, Math.floor(level / 10));

/** The delivery state of the viewer's own message, with buttons to retry or discard a failed one. */
function fate(entry: Entry, { texts, onRetry, onDiscard }: LineView): TemplateResult | typeof nothing {
  if (entry.state === 'accepted') return nothing;
  if (entry.state === 'pending') return html`<span class="fate" part="fate">${texts.sending}</span>`;
  if (entry.state === 'held') return html`<span class="fate" part="fate">${texts.held}</span>`;
  const { error } = entry;
  const again = error !== undefined && errors[error.code].retryable;
  return html`<span class="fate bad" part="fate">${texts.notSent}${error ? ` · ${errorText(texts, error)}` : ''}</span>
    ${again ? html`<button type="button" class="small" part="retry" data-testid="retry" @click=${() => onRetry(entry)}>${texts.retry}</button>` : nothing}
    <button type="button" class="small" part="discard" data-testid="discard" @click=${() => onDiscard(entry)}>${texts.discard}</button>`;
}
