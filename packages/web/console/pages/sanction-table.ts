// The table of active mutes and bans with author, reason and end, and a button to lift each.
import { html, nothing, type TemplateResult } from 'lit';
import { moment } from '../figures.ts';
import { ifMay } from '../parts/needs.ts';
import type { SanctionReply } from '../replies.ts';
import { texts } from '../texts/texts.ts';
import { lift } from './sanction-dialog.ts';

export interface Sanctioned {
  readonly kind: 'mute' | 'ban';
  readonly row: SanctionReply;
}

/** Renders mutes and bans of `room`, or without `room` those that apply to every room. `onLifted` is called after a sanction was lifted. */
export function sanctionTable(rows: readonly Sanctioned[], onLifted: () => void, room?: string): TemplateResult {
  const end = async (kind: 'mute' | 'ban', user: string) => {
    if (await lift(kind, user, room)) onLifted();
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${texts.inForce}><table class="broad" data-testid="sanctions">
    <thead><tr><th scope="col">${texts.user}</th><th scope="col">${texts.what}</th><th scope="col">${texts.until}</th><th scope="col">${texts.reason}</th><th scope="col">${texts.by}</th>
      ${ifMay('moderate', () => html`<th scope="col">${texts.actions}</th>`)}</tr></thead>
    <tbody>${rows.map(
      ({
        kind,
        row: { user, reason, by, until },
      }) => html`<tr><th scope="row"><span class="name">${user}</span></th><td><span class="chip ${kind}">${texts[kind]}</span></td>
        <td>${until === undefined ? texts.untilLifted : moment(until)}</td><td>${reason ?? ''}</td><td>${by}</td>
        ${ifMay('moderate', () => html`<td class="actions"><button type="button" class="link" data-testid="lift" @click=${() => end(kind, user)}>${texts.lift}</button></td>`)}</tr>`,
    )}</tbody></table>${rows.length === 0 ? html`<p class="empty">${texts.nobodySanctioned}</p>` : nothing}</div>`;
}
