// Validates settings against the schema. An error names the source, the full path, the value (never a secret) and the remedy.
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { ConfigError } from './config-error.ts';
import { holdsSecret } from './redact.ts';
import { configSchema } from './schema.ts';
import { isTree, type Tree } from './value-tree.ts';

/** Throws ConfigError for an unknown key or an invalid value. Absent keys are valid. `source` names the file or variable in the error. */
export function check(part: Tree, source: string): void {
  checkObject(configSchema, part, '', source);
}

function checkObject(schema: TSchema, value: unknown, path: string, source: string): void {
  const properties = (schema as { properties?: Record<string, TSchema> }).properties;
  if (!properties) {
    checkLeaf(schema, value, path, source);
    return;
  }
  if (!isTree(value)) throw new ConfigError(`${source}: ${path} must be a mapping of "key: value" settings.`);
  for (const [key, item] of Object.entries(value)) {
    const inner = path ? `${path}.${key}` : key;
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!property) throw new ConfigError(`${source}: unknown setting "${inner}". The settings are listed in config/reference.md.`);
    checkObject(property, item, inner, source);
  }
}

function checkLeaf(schema: TSchema, value: unknown, path: string, source: string): void {
  const error = Value.Errors(schema, value)[0];
  if (!error) return;
  const inner = error.instancePath.replaceAll('/', '.');
  const shown = holdsSecret(schema) ? '(secret)' : JSON.stringify(value);
  throw new ConfigError(
    `${source}: ${path}${inner} ${complaint(schema, error)}; got ${shown}. ${(schema as { description?: string }).description ?? ''}`.trim(),
  );
}

function complaint(schema: TSchema, error: { message: string }): string {
  const choices = (schema as { anyOf?: readonly { const?: unknown }[] }).anyOf?.map((choice) => choice.const);
  if (choices) return `must be one of ${choices.join(', ')}`;
  // TypeBox checks a key that the schema forbids against the schema `false`, and its message says only that.
  return error.message === 'schema is false' ? 'is not a valid name' : error.message;
}
