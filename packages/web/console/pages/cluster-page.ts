// The overview of the cluster: totals, charts of the last hour, and all processes by role.
import { laneNames } from '@danmux/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { get } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { compact, count, milliseconds, perSecond, sum } from '../figures.ts';
import { laneColors } from '../lanes.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { Poll } from '../poll.ts';
import type { Node, NodesReply, StatsHistoryReply, StatsReply } from '../replies.ts';
import { texts } from '../texts/texts.ts';
import '../parts/chart.ts';
import { configBanner } from './config-differences.ts';
import { nodeCard } from './node-card.ts';

const roles = ['edge', 'relay', 'api', 'worker'] as const;
const laneCurves = laneNames.map((lane) => ({ label: texts.lanes[lane], color: laneColors[lane] }));
const shedCurve = [{ label: texts.shed, color: '#ff6b6b', fill: true }];
const onlineCurves = [
  { label: texts.online, color: '#37d67a', fill: true },
  { label: texts.connections, color: '#9298ab' },
];
const lagCurve = [{ label: texts.lag, color: '#ffd166', fill: true }];

class ClusterPage extends ConsoleElement {
  readonly #stats = new Poll(this, 2_000, (signal) => get<StatsReply>('/v1/stats', {}, signal));
  readonly #nodes = new Poll(this, 2_000, (signal) => get<NodesReply>('/v1/nodes', {}, signal));
  readonly #history = new Poll(this, 5_000, (signal) => get<StatsHistoryReply>('/v1/stats/history', {}, signal));
  #drawn: { readonly of: StatsHistoryReply; readonly data: ReturnType<typeof curvesOf> } | null = null;

  protected override render(): TemplateResult {
    return html`
      <h1>${texts.pages.cluster}</h1>
      ${freshness(this.#stats)}
      ${configBanner(this.#nodes.value?.config)}
      <div class="tiles ${freshClass(this.#stats)}" data-testid="totals">${this.#renderTotals()}</div>
      ${this.#history.error ? freshness(this.#history) : nothing}
      <div class="charts ${freshClass(this.#history)}">${this.#renderCurves()}</div>
      ${this.#nodes.error ? freshness(this.#nodes) : nothing}
      <div class="roles ${freshClass(this.#nodes)}">${this.#renderNodes()}</div>
    `;
  }

  #renderTotals(): readonly TemplateResult[] {
    const stats = this.#stats.value;
    const last = this.#history.value?.samples.at(-1);
    const nodes = this.#nodes.value?.nodes ?? [];
    const lags = nodes.flatMap(({ lag_ms: lag }) => (lag === undefined ? [] : [lag]));
    const edges = nodes.filter(({ role }) => role === 'edge');
    return [
      tile(texts.online, compact(stats?.online), 'online'),
      tile(texts.connections, compact(edges.reduce((total, { connections = 0 }) => total + connections, 0)), 'connections'),
      tile(texts.rooms, count(stats?.rooms), 'rooms'),
      tile(texts.messagesPerSecond, perSecond(sum(last?.per_second?.accepted)), 'rate'),
      tile(texts.shed, perSecond(sum(last?.per_second?.shed)), 'shed'),
      tile(texts.waiting, compact(sum(last?.waiting)), 'waiting'),
      tile(texts.worstLag, lags.length > 0 ? milliseconds(Math.max(...lags)) : milliseconds(last?.lag_ms), 'lag'),
      tile(texts.processes, count(nodes.length), 'nodes'),
    ];
  }

  #renderCurves(): TemplateResult | typeof nothing {
    const history = this.#history.value;
    if (!history) return nothing;
    if (this.#drawn?.of !== history) this.#drawn = { of: history, data: curvesOf(history) };
    const { online, lanes, shed, lag } = this.#drawn.data;
    return html`
      <console-chart class="panel" .heading=${texts.curves.online} .curves=${onlineCurves} .data=${online} .format=${compact}></console-chart>
      <console-chart class="panel" .heading=${texts.curves.lanes} .curves=${laneCurves} .data=${lanes} .format=${perSecond}></console-chart>
      <console-chart class="panel" .heading=${texts.curves.shed} .curves=${shedCurve} .data=${shed} .format=${perSecond}></console-chart>
      <console-chart class="panel" .heading=${texts.curves.lag} .curves=${lagCurve} .data=${lag} .format=${milliseconds}></console-chart>
    `;
  }

  #renderNodes(): readonly TemplateResult[] {
    const nodes = this.#nodes.value?.nodes ?? [];
    const others = nodes.filter(({ role }) => !roles.some((known) => known === role));
    const groups = [
      ...roles.map((role): [string, readonly Node[]] => [texts.roles[role], nodes.filter((node) => node.role === role)]),
      [texts.otherRole, others] as const,
    ];
    return groups.flatMap(([name, members]) =>
      members.length === 0
        ? []
        : [
            html`<section class="role"><h2>${name} <span class="faint">${members.length}</span></h2>
              <div class="nodes">${members.map((node) => nodeCard(node, this.#nodes.at))}</div></section>`,
          ],
    );
  }
}
customElements.define('cluster-page', ClusterPage);

function tile(label: string, value: string, name: string): TemplateResult {
  return html`<div class="tile"><span>${label}</span><b data-testid="total-${name}">${value}</b></div>`;
}

/** Converts samples to the columns of the charts. Inserts an empty row where samples are missing, so that the chart interrupts the line there. */
function curvesOf({ samples, every_ms: everyMs }: StatsHistoryReply) {
  const rows: (StatsHistoryReply['samples'][number] | { readonly at: number })[] = [];
  for (const sample of samples) {
    const before = rows.at(-1)?.at ?? sample.at;
    if (sample.at - before > everyMs * 2.5) rows.push({ at: before + everyMs });
    rows.push(sample);
  }
  const times = rows.map(({ at }) => at / 1_000);
  const column = (read: (sample: StatsHistoryReply['samples'][number]) => number | null | undefined) =>
    rows.map((row) => ('online' in row ? (read(row) ?? null) : null));
  return {
    online: [times, column(({ online }) => online), column(({ connections }) => connections)] as [number[], (number | null)[], (number | null)[]],
    lanes: [times, ...laneNames.map((lane) => column(({ per_second: rates }) => rates?.sequenced[lane]))] as [number[], ...(number | null)[][]],
    shed: [times, column(({ per_second: rates }) => sum(rates?.shed))] as [number[], (number | null)[]],
    lag: [times, column(({ lag_ms: lag }) => lag)] as [number[], (number | null)[]],
  };
}
