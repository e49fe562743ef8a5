// The table of a room's delivery ledger. For each lane it shows how many messages the relays received, sent and shed, with the reasons for shedding.
import { laneNames } from '@danmux/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { count, moment, perSecond, sum } from '../figures.ts';
import { laneChip } from '../lanes.ts';
import type { RoomReply } from '../replies.ts';
import { texts } from '../texts/texts.ts';

export function roomLedger(detail: RoomReply | undefined): TemplateResult | typeof nothing {
  if (!detail) return nothing;
  const { traffic } = detail;
  if (!traffic) return html`<p class="empty" data-testid="ledger">${texts.quiet}</p>`;
  return html`<table class="ledger" data-testid="ledger">
      <thead><tr><th scope="col">${texts.lane}</th><th scope="col" class="number">${texts.rate}</th><th scope="col" class="number">${texts.cameIn}</th><th scope="col" class="number">${texts.sequenced}</th>
        <th scope="col">${texts.shed}</th></tr></thead>
      <tbody>${laneNames.map((lane) => {
        const sent = traffic.sequenced[lane] ?? 0;
        const shed = traffic.shed[lane] ?? {};
        return html`<tr><th scope="row">${laneChip(lane)}</th><td class="number">${perSecond(traffic.per_second[lane] ?? 0)}</td>
          <td class="number">${count(sent + (sum(shed) ?? 0))}</td><td class="number" data-testid="sequenced-${lane}">${count(sent)}</td><td>${shedOf(shed)}</td></tr>`;
      })}</tbody>
    </table>
    <p class="faint">${texts.countedAt(moment(traffic.at))}</p>`;
}

function shedOf(reasons: Readonly<Record<string, number>>): unknown {
  const shed = Object.entries(reasons).filter(([, number]) => number > 0);
  return shed.length === 0
    ? '0'
    : shed.map(([reason, number]) => html`<span class="shed"><b>${count(number)}</b> ${texts.shedReasons[reason] ?? reason}</span>`);
}
