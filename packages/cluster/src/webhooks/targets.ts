// The webhook targets of the config, as one list: who they are and which events each wants. It delivers nothing.
import { createHash } from 'node:crypto';
import { roomMatches, type WebhookEvent } from '@danmux/protocol';
import { type Config, ConfigError } from '@danmux/runtime';
import { everyRoom } from '../room-events.ts';

export interface WebhookTarget {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  /** All when absent. */
  readonly events?: readonly string[];
  /** Exact names or `prefix*`; all when absent. */
  readonly rooms?: readonly string[];
}

/** Of `webhooks.targets`, and of `webhooks.url` as `default`. */
export function webhookTargets({ webhooks }: Pick<Config, 'webhooks'>): readonly WebhookTarget[] {
  const { targets, url, secret } = webhooks;
  const all: readonly WebhookTarget[] = url === '' ? targets : [...targets, { id: 'default', url, secret }];
  all.forEach((target, index) => {
    if (all.findIndex(({ id }) => id === target.id) < index) throw new ConfigError(`webhooks.targets: there are two targets "${target.id}".`);
    if (!URL.canParse(target.url)) throw new ConfigError(`webhooks: the url of target "${target.id}" is none.`);
    if (!/^(whsec_)?[A-Za-z0-9+/]{22,}={0,2}$/.test(target.secret)) {
      throw new ConfigError(`webhooks: the secret of target "${target.id}" must be whsec_ and base64 (webhooks.secret, DANMUX_WEBHOOK_SECRET).`);
    }
  });
  return all;
}

export function wantsEvent({ events, rooms }: WebhookTarget, { type, room }: Pick<WebhookEvent, 'type' | 'room'>): boolean {
  if (events && !events.includes(type)) return false;
  return !rooms || room === everyRoom || roomMatches(room, rooms);
}

/** Changes with what the target is: one that said 410 is tried again when it is another. */
export function targetVersion({ url, secret }: WebhookTarget): string {
  return createHash('sha256')
    .update(JSON.stringify([url, secret]))
    .digest('hex')
    .slice(0, 16);
}
