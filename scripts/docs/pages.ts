// The generated pages of the documentation and the path of each.
import { apiPage } from './api-page.ts';
import { configReference } from './config-reference.ts';
import { errorsPage } from './errors-page.ts';
import { metricsPage } from './metrics-page.ts';
import { packagesPage } from './packages-page.ts';
import { protocolPage } from './protocol-page.ts';
import { webhooksPage } from './webhooks-page.ts';

export interface Page {
  /** Relative to the root of the repository. */
  readonly path: string;
  write(): string | Promise<string>;
}

export const pages: readonly Page[] = [
  { path: 'config/reference.md', write: configReference },
  { path: 'docs/errors.md', write: errorsPage },
  { path: 'docs/metrics.md', write: metricsPage },
  { path: 'docs/packages.md', write: packagesPage },
  { path: 'docs/protocol.md', write: () => protocolPage() },
  { path: 'docs/webhooks.md', write: () => webhooksPage() },
  { path: 'docs/openapi.json', write: async () => `${JSON.stringify(await openApi(), null, 2)}\n` },
  { path: 'docs/api.md', write: async () => apiPage(await openApi()) },
];

async function openApi(): Promise<object> {
  const { openApiDocument } = await import('@danmux/api');
  return openApiDocument();
}

/** Number of the first line in which two texts differ, counted from 1; 0 when they are equal. */
export function firstDifference(before: string, after: string): number {
  if (before === after) return 0;
  const [left, right] = [before.split('\n'), after.split('\n')];
  for (let line = 0; ; line++) if (left[line] !== right[line]) return line + 1;
}
