// Redacts the config for printing: replaces every secret, also inside lists and objects.
import type { TSchema } from 'typebox';
import type { Config } from './schema.ts';
import { settings } from './settings.ts';
import { get, isTree, put, type Tree } from './value-tree.ts';

/** A copy of the config with `[redacted]` in place of each secret. */
export function redactConfig(config: Config): unknown {
  const copy = structuredClone(config) as unknown as Tree;
  for (const { path, schema } of settings) if (holdsSecret(schema)) put(copy, path, redacted(schema, get(copy, path)));
  return copy;
}

interface SchemaParts {
  readonly secret?: boolean;
  readonly items?: TSchema;
  readonly properties?: Readonly<Record<string, TSchema>>;
}

/** True when the setting or any nested field is secret. */
export function holdsSecret(schema: TSchema): boolean {
  const { secret, items, properties = {} } = schema as SchemaParts;
  return secret === true || (items !== undefined && holdsSecret(items)) || Object.values(properties).some(holdsSecret);
}

function redacted(schema: TSchema, value: unknown): unknown {
  const { secret, items, properties } = schema as SchemaParts;
  if (secret) return value ? '[redacted]' : value;
  if (items && Array.isArray(value)) return value.map((item) => redacted(items, item));
  if (!properties || !isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, properties[key] ? redacted(properties[key], item) : item]));
}
