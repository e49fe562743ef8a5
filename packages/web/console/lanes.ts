// Shows lanes in the console: a colour for each lane, and a chip with its name.
import { type Lane, laneNames } from '@danmux/protocol';
import { html, type TemplateResult } from 'lit';
import { texts } from './texts/texts.ts';

export const laneColors: Readonly<Record<Lane, string>> = { control: '#c297ff', gift: '#ffb347', chat: '#7db4ff', ambient: '#56d4b0' };

export function laneChip(lane: string): TemplateResult {
  return html`<span class="lane lane-${laneNames.find((name) => name === lane) ?? 'other'}">${lane in texts.lanes ? texts.lanes[lane as Lane] : lane}</span>`;
}
