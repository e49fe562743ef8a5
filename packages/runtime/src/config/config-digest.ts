// Digests of the settings of a process, which it announces so that the cluster can find processes whose config differs. A digest never reveals
// a value: those of secrets, and of URLs that may contain one, are HMACs keyed by viewer.token_secret. They allow nobody to test guesses who
// could not do the same with a viewer token, which is signed with that secret. Settings in which processes may rightly differ have no digest.
import { createHash, createHmac } from 'node:crypto';
import type { ComparedRole } from './fields.ts';
import { holdsSecret } from './redact.ts';
import type { Config } from './schema.ts';
import { type Setting, settings } from './settings.ts';
import { get, isTree, type Tree } from './value-tree.ts';

/**
 * Digest by setting. A setting with its default value has none, so that the announcement stays small and a new setting does not make processes of
 * an older version differ. Items of a list with ids and of a table have separate digests, such as `webhooks.targets.billing`.
 */
export type ConfigDigest = Readonly<Record<string, string>>;

/** A list or table with more entries has one digest, so that an announcement stays below about 10 KB. */
const entriesListed = 100;
/** 48 bits: enough to tell values apart. */
const digestChars = 8;

/** Path of the secret that keys the digests of secrets; these can be compared only between processes with the same digest of it. */
export const digestKeyPath = 'viewer.token_secret';

/** Digests of the settings in which the processes of the role are compared. */
export function digestConfig(config: Config, role: string): ConfigDigest {
  const key = createHmac('sha256', config.viewer.token_secret).update('danmux config digest').digest();
  const digests: Record<string, string> = {};
  for (const setting of settings) {
    if (!setting.mark.compared.includes(role as ComparedRole)) continue;
    const entries = entriesOf(setting, get(config as unknown as Tree, setting.path));
    const defaults = new Map(entriesOf(setting, setting.schema.default).map(([name, value]) => [name, canonical(value)]));
    for (const [name, value] of entries) {
      const text = canonical(value);
      if (text !== defaults.get(name)) digests[name] = digest(isKeyed(setting) ? key : undefined, `${name}\0${text}`);
      defaults.delete(name);
    }
    // An entry of a default table that the config lacks.
    for (const name of defaults.keys()) digests[name] = digest(undefined, name);
  }
  return digests;
}

/** The setting of a name in a ConfigDigest; undefined for a name of a newer version. */
export function settingOf(name: string): Setting | undefined {
  for (let path = name; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const setting = byPath.get(path);
    if (setting) return setting;
  }
  return undefined;
}

const byPath = new Map(settings.map((setting) => [setting.path, setting]));

/** Whether the digests of the setting are keyed. */
export function isKeyed({ schema }: Setting): boolean {
  return schema.sensitive === true || holdsSecret(schema);
}

function entriesOf({ path, schema, mark }: Setting, value: unknown): [name: string, value: unknown][] {
  if (mark.comparison === 'presence') return [[path, Boolean(value)]];
  const entries = namedEntries(schema, value);
  if (entries && entries.length <= entriesListed) return entries.map(([name, item]) => [`${path}.${name}`, item]);
  // The order of a list of names has no meaning.
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return [[path, [...new Set(value)].sort()]];
  return [[path, value]];
}

/** The items of a list by their `id`, or those of a table by their key; undefined for another setting. */
function namedEntries(schema: Setting['schema'], value: unknown): [name: string, value: unknown][] | undefined {
  const { items, patternProperties } = schema as { items?: { properties?: object }; patternProperties?: object };
  if (patternProperties && isTree(value)) return Object.entries(value);
  if (!items?.properties || !('id' in items.properties) || !Array.isArray(value)) return undefined;
  return value.map((item: { id: string }) => [item.id, item]);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isTree(inner) ? Object.fromEntries(Object.entries(inner).sort(byName)) : inner)) ?? '';
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function digest(key: Buffer | undefined, text: string): string {
  return (key ? createHmac('sha256', key) : createHash('sha256')).update(text).digest('base64url').slice(0, digestChars);
}
