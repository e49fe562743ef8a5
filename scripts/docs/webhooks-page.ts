// Writes the table of events into docs/webhooks.md, which is otherwise written by hand.
import { readFileSync } from 'node:fs';
import { webhookEvents } from '@danmux/protocol';
import { cell, table } from './markdown-table.ts';

const begin = '<!-- events: written by `npm run docs` -->\n';
const end = '<!-- /events -->';

/** `page` with its table as it is now. */
export function webhooksPage(page: string = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error('docs/webhooks.md has lost the marks of its table');
  const rows = Object.entries(webhookEvents).map(([name, text]) => {
    const [happens, data = ''] = text.split(' data: ');
    return [`\`${name}\``, cell(happens ?? ''), `\`${cell(data)}\``];
  });
  return `${before}${begin}${table(['type', 'when', 'data'], rows)}${end}${after}`;
}
