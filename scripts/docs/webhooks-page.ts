// Writes the table of events into docs/webhooks.md; the rest of the page is written by hand.
import { readFileSync } from 'node:fs';
import { webhookEvents } from '@danmux/protocol';
import { cell, table } from './markdown-table.ts';
import { withPart } from './marked-parts.ts';

/** Returns `page` with its table up to date. */
export function webhooksPage(page: string = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')): string {
  const rows = Object.entries(webhookEvents).map(([name, text]) => {
    const [happens, data = ''] = text.split(' data: ');
    return [`\`${name}\``, cell(happens ?? ''), `\`${cell(data)}\``];
  });
  return withPart(page, 'events', table(['type', 'when', 'data'], rows));
}
