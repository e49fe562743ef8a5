// The webhook targets of the config, as one list: who they are and which events each wants. It delivers nothing.
import { createHash } from 'node:crypto';
import { roomMatches, type WebhookEvent, type WebhookEventName } from '@danmux/protocol';
import { type Config, ConfigError } from '@danmux/runtime';

const secretPattern = /^(whsec_)?[A-Za-z0-9+/]{22,}={0,2}$/;
const mostSecrets = 2;

/** The room of an event about all rooms, for example a mute everywhere. Every target gets it, whatever its `rooms`. */
export const everyRoom = '*';

export interface WebhookTarget {
  readonly id: string;
  readonly url: string;
  /** Each is whsec_ and base64, the newest first; more than one while it is changed. */
  readonly secrets: readonly string[];
  /** All when absent. */
  readonly events?: readonly string[];
  /** Exact names or `prefix*`; all when absent. */
  readonly rooms?: readonly string[];
}

/** Of `webhooks.targets`, and of `webhooks.url` as `default`. */
export function webhookTargets({ webhooks }: Pick<Config, 'webhooks'>): readonly WebhookTarget[] {
  const { targets, url, secret } = webhooks;
  const written = url === '' ? targets : [...targets, { id: 'default', url, secret }];
  const all: readonly WebhookTarget[] = written.map(({ secret, ...target }) => ({ ...target, secrets: secretsOf(secret) }));
  all.forEach((target, index) => {
    if (all.findIndex(({ id }) => id === target.id) < index) throw new ConfigError(`webhooks.targets: there are two targets "${target.id}".`);
    if (!URL.canParse(target.url)) throw new ConfigError(`webhooks: the url of target "${target.id}" is none.`);
    if (target.secrets.length === 0 || target.secrets.length > mostSecrets || !target.secrets.every((text) => secretPattern.test(text))) {
      throw new ConfigError(
        `webhooks: the secret of target "${target.id}" must be whsec_ and base64, or ${mostSecrets} such (webhooks.secret, DANMUX_WEBHOOK_SECRET).`,
      );
    }
  });
  return all;
}

/** A list, or what an environment variable can hold: several with a space between. */
function secretsOf(written: string | readonly string[]): readonly string[] {
  return (typeof written === 'string' ? [written] : written).flatMap((text) => text.split(/\s+/)).filter(Boolean);
}

/** Whether any target of the config wants events of this name. Nothing else decides whether an event is written, watched for or counted. */
export function wanted({ webhooks }: Pick<Config, 'webhooks'>, name: WebhookEventName): boolean {
  return webhooks.url !== '' || webhooks.targets.some(({ events }) => events?.includes(name) ?? true);
}

/** Whether this target is given the event: by its name and its room. */
export function wantsEvent({ events, rooms }: WebhookTarget, { type, room }: Pick<WebhookEvent, 'type' | 'room'>): boolean {
  if (events && !events.includes(type)) return false;
  return !rooms || room === everyRoom || roomMatches(room, rooms);
}

/** Changes with what the target is: one that said 410 is tried again when it is another. */
export function targetVersion({ url, secrets }: WebhookTarget): string {
  return createHash('sha256')
    .update(JSON.stringify([url, ...secrets]))
    .digest('hex')
    .slice(0, 16);
}
