// Reads the API keys of the config: `api.key` and `api.key_hashes`, which have every permission, and the rows of `api.keys`.
import { type Config, ConfigError } from '@danmux/runtime';
import { type ApiKey, digestOf } from './api-key.ts';

export type KeyConfig = Pick<Config['api'], 'key' | 'key_hashes' | 'keys'>;

/** Throws a ConfigError when two keys have the same id, or a key has no secret that it could use. */
export function configKeys({ key, key_hashes: hashes, keys }: KeyConfig): readonly ApiKey[] {
  const found = [
    ...(key ? [unlimited('default', digestOf(key))] : []),
    // A row of `api.key_hashes` has no id, so the first 12 digits of its hash become the id; they do not reveal the key.
    ...hashes.map((hex) => unlimited(hex.slice(0, 12), Buffer.from(hex, 'hex'))),
    ...keys.map(rowKey),
  ];
  for (const { id } of found) {
    if (found.filter((other) => other.id === id).length > 1) throw new ConfigError(`api.keys: two keys have the id ${id}; give each its own id.`);
  }
  return found;
}

function unlimited(id: string, digest: Buffer): ApiKey {
  return { id, scopes: ['admin'], signedOnly: false, source: 'config', digests: [{ secret: digest }], signingSecrets: [] };
}

function rowKey({ id, hashes = [], signing_secrets: secrets = [], scopes, rooms, signed_only: signedOnly = false }: KeyConfig['keys'][number]): ApiKey {
  if (hashes.length === 0 && secrets.length === 0) throw new ConfigError(`api.keys: the key ${id} has neither hashes nor signing_secrets; give one of them.`);
  if (signedOnly && secrets.length === 0) throw new ConfigError(`api.keys: the key ${id} is signed_only and has no signing_secrets; give one.`);
  return {
    id,
    scopes,
    ...(rooms ? { rooms } : {}),
    signedOnly,
    source: 'config',
    digests: hashes.map((hex) => ({ secret: Buffer.from(hex, 'hex') })),
    signingSecrets: secrets.map((secret) => ({ secret })),
  };
}
