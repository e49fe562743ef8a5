// Renders the settings in which the configs of processes differ: a banner for the cluster, and a line for the card of a process. It shows no values.
import { html, nothing, type TemplateResult } from 'lit';
import type { Node, NodesReply } from '../replies.ts';
import { texts } from '../texts/texts.ts';

/** Renders the banner; nothing when all configs agree. An api of an older version does not compare them. */
export function configBanner(config: NodesReply['config'] | undefined): TemplateResult | typeof nothing {
  if (!config || config.differences.length === 0) return nothing;
  return html`<section class="panel differences" role="status" data-testid="config-differences">
    <h2>${texts.configsDiffer}</h2>
    <ul>${config.differences.map(
      ({ setting, majority, nodes }) =>
        html`<li><code>${setting}</code> ${majority ? texts.differsIn : texts.differsAmong} ${nodes.map((id) => html`<code>${id}</code> `)}</li>`,
    )}</ul>
    <p class="faint">${texts.configsDifferHint} <code>danmux config print</code></p>
  </section>`;
}

/** Renders the line of one process; nothing when its config is as that of the others. */
export function configLine(config: Node['config'] | undefined): TemplateResult | typeof nothing {
  if (config?.state === 'unknown') return html`<p class="faint" data-testid="config">${texts.configUnknown}</p>`;
  if (config?.state !== 'different') return nothing;
  return html`<p class="bad" data-testid="config"><b>${texts.configDiffers}</b> ${config.settings.map((setting) => html`<code>${setting}</code> `)}</p>`;
}
