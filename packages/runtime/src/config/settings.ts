// Flattens the config schema into a list of settings, one per leaf, with path and annotations.
import type { TSchema } from 'typebox';
import type { ComparedMark } from './fields.ts';
import { configSchema } from './schema.ts';

/** One setting: a leaf of the schema. */
export interface Setting {
  readonly path: string;
  readonly schema: TSchema & { default?: unknown; description?: string; env?: string; unit?: string; secret?: boolean; sensitive?: boolean };
  /** Its own mark, else that of the nearest section with one. */
  readonly mark: ComparedMark;
}

/** All settings, in schema order. */
export const settings: readonly Setting[] = leaves(configSchema, '', { compared: [] });

function leaves(schema: TSchema, path: string, inherited: ComparedMark): Setting[] {
  const { properties, compared, comparison } = schema as { properties?: Record<string, TSchema> } & Partial<ComparedMark>;
  const mark = compared ? { compared, ...(comparison ? { comparison } : {}) } : inherited;
  if (!properties) return [{ path, schema, mark }];
  return Object.entries(properties).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key, mark));
}
