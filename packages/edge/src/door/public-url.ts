// Makes the URL at which viewers reach this edge through a proxy or load balancer from the setting `edge.public_url`. It opens no connection
// and does not check that the URL works.
import type { Config } from '@danmux/runtime';

/** Replaces `{index}` and `{port}`; undefined when the setting is empty. `port` is the port on which this edge listens. */
export function publicUrlOf({ public_url: template, index }: Pick<Config['edge'], 'public_url' | 'index'>, port: number): string | undefined {
  if (template === '') return undefined;
  return template.replaceAll('{index}', String(index)).replaceAll('{port}', String(port)).replace(/\/+$/, '');
}
