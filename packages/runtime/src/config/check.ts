// Validates settings against the schema. An error names the source, the full path, the value (never a secret) and the remedy.
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { ConfigError } from './config-error.ts';
import { holdsSecret } from './redact.ts';
import { configSchema } from './schema.ts';
import { isTree, type Tree } from './value-tree.ts';

/**
 * Throws a ConfigError that names every unknown key and invalid value, one a line. Absent keys are valid. `source` names the file or variable in
 * the error.
 */
export function check(part: Tree, source: string): void {
  const faults = faultsIn(configSchema, part, '', source);
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
}

function faultsIn(schema: TSchema, value: unknown, path: string, source: string): string[] {
  const properties = (schema as { properties?: Record<string, TSchema> }).properties;
  if (!properties) return faultsInLeaf(schema, value, path, source);
  if (!isTree(value)) return [`${source}: ${path} must be a mapping of "key: value" settings.`];
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = path ? `${path}.${key}` : key;
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!property) return [`${source}: unknown setting "${inner}". The settings are listed in config/reference.md.`];
    return faultsIn(property, item, inner, source);
  });
}

function faultsInLeaf(schema: TSchema, value: unknown, path: string, source: string): string[] {
  const error = Value.Errors(schema, value)[0];
  if (!error) return [];
  const inner = error.instancePath.replaceAll('/', '.');
  const shown = holdsSecret(schema) ? '(secret)' : JSON.stringify(value);
  return [`${source}: ${path}${inner} ${complaint(schema, error)}; got ${shown}. ${(schema as { description?: string }).description ?? ''}`.trim()];
}

function complaint(schema: TSchema, error: { message: string }): string {
  const choices = (schema as { anyOf?: readonly { const?: unknown }[] }).anyOf?.map((choice) => choice.const);
  if (choices) return `must be one of ${choices.join(', ')}`;
  // When the schema forbids a key, the message of TypeBox is only `schema is false`.
  return error.message === 'schema is false' ? 'is not a valid name' : error.message;
}
