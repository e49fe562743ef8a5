// Writes docs/errors.md from the protocol's error table.
import { errors } from '@danmux/protocol';
import { cell, table } from './markdown-table.ts';

const head = `# Errors

Made from the table in \`packages/protocol/src/errors.ts\` by \`npm run docs\`; do not edit.

Viewers get \`{ok: false, error: {code, message, retry_after_ms?}}\` in an ack, or a \`connect_error\` with \`data.code\`. The admin API
answers with the status and \`application/problem+json\` (RFC 9457) with the same \`code\`; \`instance\` is the trace id in the log.
"Again" says whether the same request may succeed later.

`;

export function errorsPage(): string {
  const rows = Object.entries(errors).map(([code, { status, retryable, text }]) => [`\`${code}\``, String(status), retryable ? 'yes' : 'no', cell(text)]);
  return head + table(['code', 'HTTP', 'again', 'meaning'], rows);
}
