// Flattens the config schema into a list of settings, one per leaf, with path and annotations.
import type { TSchema } from 'typebox';
import { configSchema } from './schema.ts';

/** One setting: a leaf of the schema. */
export interface Setting {
  readonly path: string;
  readonly schema: TSchema & { default?: unknown; description?: string; env?: string; unit?: string; secret?: boolean };
}

/** All settings, in schema order. */
export const settings: readonly Setting[] = leaves(configSchema, '');

function leaves(schema: TSchema, path: string): Setting[] {
  const properties = (schema as { properties?: Record<string, TSchema> }).properties;
  if (!properties) return [{ path, schema }];
  return Object.entries(properties).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}
