// Reads the configured webhook targets as one list, and decides which events each target wants. It delivers nothing.
import { createHash } from 'node:crypto';
import { roomMatches, type WebhookEvent, type WebhookEventName } from '@danmux/protocol';
import { type Config, ConfigError } from '@danmux/runtime';

const secretPattern = /^(whsec_)?[A-Za-z0-9+/]{22,}={0,2}$/;
const mostSecrets = 2;

/** Room name of events about all rooms, such as a mute everywhere. Every target gets them, whatever its `rooms`. */
export const everyRoom = '*';

/** One configured target. */
export interface WebhookTarget {
  readonly id: string;
  readonly url: string;
  /** Signing secrets, base64 with an optional `whsec_` prefix, newest first; two during a rotation. */
  readonly secrets: readonly string[];
  /** Names of wanted events; absent: all. */
  readonly events?: readonly string[];
  /** Exact room names or `prefix*`; absent: all. */
  readonly rooms?: readonly string[];
}

/** Reads `webhooks.targets`, and `webhooks.url` as the target `default`. Throws ConfigError for a duplicate id or a bad URL. */
export function webhookTargets({ webhooks }: Pick<Config, 'webhooks'>): readonly WebhookTarget[] {
  const { targets, url, secret } = webhooks;
  const written = url === '' ? targets : [...targets, { id: 'default', url, secret }];
  const all: readonly WebhookTarget[] = written.map(({ secret, ...target }) => ({ ...target, secrets: secretsOf(secret) }));
  all.forEach((target, index) => {
    if (all.findIndex(({ id }) => id === target.id) < index) throw new ConfigError(`webhooks.targets: two targets have the id "${target.id}".`);
    if (!URL.canParse(target.url)) throw new ConfigError(`webhooks: the url of target "${target.id}" is not a URL.`);
    if (target.secrets.length === 0 || target.secrets.length > mostSecrets || !target.secrets.every((text) => secretPattern.test(text))) {
      throw new ConfigError(
        `webhooks: target "${target.id}" needs 1 to ${mostSecrets} secrets, each whsec_ and base64 (webhooks.secret, DANMUX_WEBHOOK_SECRET).`,
      );
    }
  });
  return all;
}

/** Accepts a list, or a string of values separated by spaces, which is the form of an environment variable. */
function secretsOf(written: string | readonly string[]): readonly string[] {
  return (typeof written === 'string' ? [written] : written).flatMap((text) => text.split(/\s+/)).filter(Boolean);
}

/** Whether any configured target wants events of this name. Producers call it before they write or count events for webhooks. */
export function wanted({ webhooks }: Pick<Config, 'webhooks'>, name: WebhookEventName): boolean {
  return webhooks.url !== '' || webhooks.targets.some(({ events }) => events?.includes(name) ?? true);
}

/** Whether this target wants the event, by event name and room. */
export function wantsEvent({ events, rooms }: WebhookTarget, { type, room }: Pick<WebhookEvent, 'type' | 'room'>): boolean {
  if (events && !events.includes(type)) return false;
  return !rooms || room === everyRoom || roomMatches(room, rooms);
}

/** Hash of the target's URL and secrets. When it changes, a target that was disabled by a 410 is tried again. */
export function targetVersion({ url, secrets }: WebhookTarget): string {
  return createHash('sha256')
    .update(JSON.stringify([url, ...secrets]))
    .digest('hex')
    .slice(0, 16);
}
