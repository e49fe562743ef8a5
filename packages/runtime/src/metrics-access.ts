// Decides who may read /metrics on the ports of edge and api, which viewers and their pages reach. The ports of other roles and `metrics.port`
// are for a private network and have no such check.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Runtime } from './runtime.ts';

/** Text for a reader who is refused; names both remedies. */
export const metricsClosedText = 'Send metrics.key as "Authorization: Bearer KEY", or read /metrics on metrics.port.';

/** True when the request has `metrics.key`. While no key is set, true for every request outside production. */
export function mayReadMetrics({ config, environment }: Pick<Runtime, 'config' | 'environment'>, authorization: string | undefined): boolean {
  const { key } = config.metrics;
  if (key === '') return environment !== 'production';
  const sent = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
  return sent !== undefined && timingSafeEqual(digestOf(sent), digestOf(key));
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
