// Loads the config: built-in defaults, then files of the config folder (default, then the environment's), then
// environment variables, then what the command line sets. An unknown key or a bad value stops the start and names its
// full path and where it came from. The only file that reads process.env.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageTypes } from '@danmux/protocol';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import { ConfigError } from './config-error.ts';
import { type Config, configSchema } from './schema.ts';
import { ensureSecrets } from './secrets.ts';

export interface ConfigOptions {
  /** Folder of default.yaml and its siblings; `./config` when absent. Missing files are skipped. */
  readonly dir?: string;
  /** development, production or test; NODE_ENV, else development. */
  readonly environment?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Values set above all others, by full path, e.g. `{'edge.port': 0}`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Where secrets made in development are kept; `./.danmux` when absent. */
  readonly secretsDir?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly environment: string;
  /** Secrets that were made (or found again) because this is development. */
  readonly madeSecrets: readonly string[];
}

/** One leaf of the schema with its annotations. */
export interface Setting {
  readonly path: string;
  readonly schema: TSchema & { default?: unknown; description?: string; env?: string; unit?: string; secret?: boolean };
}

/** Every setting, in the schema's order. */
export const settings: readonly Setting[] = leaves(configSchema, '');

export function loadConfig(options: ConfigOptions = {}): LoadedConfig {
  const env = options.env ?? process.env;
  const environment = checkEnvironment(options.environment || env['NODE_ENV'] || 'development');
  const dir = options.dir ?? configDir(env['DANMUX_CONFIG_DIR']);
  const values: Tree = {};
  for (const setting of settings) put(values, setting.path, structuredClone(setting.schema.default));
  for (const file of ['default', environment]) applyFile(values, join(dir, `${file}.yaml`));
  applyEnvironment(values, env);
  for (const [path, value] of Object.entries(options.set ?? {})) {
    check({ ...nest(path, value) }, 'the command line');
    put(values, path, value);
  }
  const config = values as unknown as Config;
  for (const [type, row] of Object.entries(messageTypes)) config.messages.types[type] ??= { ...row };
  const madeSecrets = ensureSecrets(config, environment, options.secretsDir ?? join(process.cwd(), '.danmux'));
  return { config, environment, madeSecrets };
}

/** The config with every secret replaced, for printing. */
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

function holdsSecret(schema: TSchema): boolean {
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

type Tree = { [key: string]: unknown };

const environments = ['development', 'production', 'test'];

// A misspelt "prodution" must not start as a development machine that makes its own secrets.
function checkEnvironment(environment: string): string {
  if (environments.includes(environment)) return environment;
  throw new ConfigError(`NODE_ENV is "${environment}"; it must be ${environments.join(', ')} or absent (development).`);
}

function configDir(given: string | undefined): string {
  if (!given) return join(process.cwd(), 'config');
  if (existsSync(given)) return given;
  throw new ConfigError(`DANMUX_CONFIG_DIR: there is no folder ${given}.`);
}

function applyFile(values: Tree, file: string): void {
  if (!existsSync(file)) return;
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new ConfigError(`${file}: not valid YAML: ${(error as Error).message}`, { cause: error });
  }
  if (!isTree(content)) throw new ConfigError(`${file}: must hold settings as "key: value".`);
  check(content, file);
  merge(values, content);
}

function applyEnvironment(values: Tree, env: Readonly<Record<string, string | undefined>>): void {
  for (const { path, schema } of settings) {
    const text = schema.env ? env[schema.env] : undefined;
    if (text === undefined || text === '') continue;
    const value = fromText(schema, text);
    check(nest(path, value), `the environment variable ${schema.env}`);
    put(values, path, value);
  }
}

function fromText(schema: TSchema, text: string): unknown {
  const type = (schema as { type?: string }).type;
  if (type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
  if (type === 'array')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  return text;
}

/** Checks a part of a config tree; what is absent is not missed, since the defaults stand under it. */
function check(part: Tree, source: string): void {
  checkObject(configSchema, part, '', source);
}

function checkObject(schema: TSchema, value: unknown, path: string, source: string): void {
  const properties = (schema as { properties?: Record<string, TSchema> }).properties;
  if (!properties) {
    checkLeaf(schema, value, path, source);
    return;
  }
  if (!isTree(value)) throw new ConfigError(`${source}: ${path} must hold settings as "key: value".`);
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
  // JSON Schema forbids an unknown key by the schema `false`.
  return error.message === 'schema is false' ? 'is not a good name' : error.message;
}

function leaves(schema: TSchema, path: string): Setting[] {
  const properties = (schema as { properties?: Record<string, TSchema> }).properties;
  if (!properties) return [{ path, schema }];
  return Object.entries(properties).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(into: Tree, from: Tree): void {
  for (const [key, value] of Object.entries(from)) {
    const existing = into[key];
    if (isTree(value) && isTree(existing)) merge(existing, value);
    else into[key] = value;
  }
}

function nest(path: string, value: unknown): Tree {
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree;
}

function put(tree: Tree, path: string, value: unknown): void {
  merge(tree, nest(path, value));
}

function get(tree: Tree, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => (isTree(node) ? node[key] : undefined), tree);
}
