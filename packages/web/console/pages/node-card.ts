// Renders one process of the cluster as a card: load, event-loop lag, queues, and problems it reports.
import { laneNames } from '@danmux/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { bytes, compact, count, milliseconds, perSecond, span, sum } from '../figures.ts';
import { laneColors } from '../lanes.ts';
import type { Node } from '../replies.ts';
import { texts } from '../texts/texts.ts';
import { configLine } from './config-differences.ts';

const lagWarns = 100;
const silenceWarnsMs = 5_000;

/** Renders the card of a process. `at` is the time of the api's reply in milliseconds since 1970. */
export function nodeCard(node: Node, at: number): TemplateResult {
  const { id, role, version, address, url, load, lag_ms: lag, connections, rooms, shards, rss_bytes: rss, cpu } = node;
  const silentMs = node.seen_at === undefined ? undefined : Math.max(0, at - node.seen_at);
  const { degraded = [] } = node;
  const worried = degraded.length > 0 || node.config?.state === 'different' || (lag ?? 0) > lagWarns || (silentMs ?? 0) > silenceWarnsMs;
  return html`<article class="node panel ${worried ? 'worried' : ''}" data-testid="node" data-role=${role}>
    <h3 title=${id}>${id}</h3>
    <p class="faint">${url ?? (address || texts.noAddress)} · ${version}</p>
    ${degraded.map(({ code, text }) => html`<p class="bad" data-testid="degraded" data-code=${code}><code><b>${code}</b></code> ${texts.degraded[code] ?? ''} <span lang="en">${text}</span></p>`)}
    ${configLine(node.config)}
    ${loadOf(load, id)}
    <dl>
      ${row(texts.connections, connections, count)} ${row(texts.rooms, rooms, count)} ${row(texts.shards, shards, count)}
      ${row(texts.rate, sum(node.per_second), perSecond)}
      ${row(texts.lag, lag, milliseconds, (lag ?? 0) > lagWarns)}
      ${row(texts.cpu, cpu, (share) => `${Math.round(share * 100)} %`)}
      ${row(texts.memory, rss, bytes)}
      ${row(texts.behind, node.waiting_viewers, (viewers) => `${compact(viewers)} · ${bytes(node.waiting_bytes ?? 0)}`)}
      ${row(texts.up, node.started_at, (started) => span(at - started))}
      ${row(texts.seen, silentMs, (ms) => texts.ago(span(ms)), (silentMs ?? 0) > silenceWarnsMs)}
    </dl>
    ${node.waiting ? depths(node.waiting) : nothing}
  </article>`;
}

function loadOf(load: number, id: string): TemplateResult {
  return html`<p class="load"><span>${texts.load}</span
    ><meter min="0" max="1" low="0.6" high="0.85" optimum="0" value=${load} aria-label="${texts.load} ${id}"></meter><b>${Math.round(load * 100)} %</b></p>`;
}

function row(label: string, value: number | undefined, format: (value: number) => string, bad = false): TemplateResult | typeof nothing {
  return value === undefined ? nothing : html`<div><dt>${label}</dt><dd class=${bad ? 'bad' : ''}>${format(value)}</dd></div>`;
}

/** Renders the queue length of each lane as a bar; all bars have the same scale. */
function depths(waiting: Readonly<Record<string, number>>): TemplateResult {
  const most = Math.max(10, ...Object.values(waiting));
  return html`<div class="depths" role="group" aria-label=${texts.depth}>
    ${laneNames.map((lane) => {
      const depth = waiting[lane] ?? 0;
      return html`<div class="depth"><span class="faint">${texts.lanes[lane]}</span>
        <b>${compact(depth)}</b>
        <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width=${(depth / most) * 100} height="4" fill=${laneColors[lane]}></rect></svg></div>`;
    })}
  </div>`;
}
