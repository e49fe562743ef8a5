// Writes docs/metrics.md from the runtime's metric table.
import { metricTable } from '@danmux/runtime';
import { cell, table } from './markdown-table.ts';

const head = `# Metrics

Made from the table in \`packages/runtime/src/metrics.ts\` by \`npm run docs\`; do not edit.

Every process answers \`GET /metrics\` on its own port in the Prometheus text form. In production edges and apis, whose ports viewers reach, answer
it only with \`metrics.key\` (\`Authorization: Bearer KEY\`) or on \`metrics.port\` ([how](operations.md#metrics)). Besides these come the process's own (CPU,
memory, garbage collection, event loop lag) from prom-client.

`;

export function metricsPage(): string {
  const rows = metricTable.map(({ name, kind, labels, help }) => [`\`${name}\``, kind, labels.map((label) => `\`${label}\``).join(', '), cell(help)]);
  return head + table(['name', 'kind', 'labels', 'meaning'], rows);
}
