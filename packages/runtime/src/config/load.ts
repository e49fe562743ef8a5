// Loads the config. Later sources override earlier ones: built-in defaults, default.yaml, the file named after the environment (such as
// production.yaml), environment variables, command line. An unknown key or an invalid value aborts the start. Only this file reads
// process.env.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageTypes } from '@danmux/protocol';
import type { TSchema } from 'typebox';
import { parse } from 'yaml';
import { createClientAddress } from '../client-address.ts';
import { check } from './check.ts';
import { ConfigError } from './config-error.ts';
import type { Config } from './schema.ts';
import { ensureSecrets } from './secrets.ts';
import { settings } from './settings.ts';
import { get, isTree, merge, nest, put, type Tree } from './value-tree.ts';

/** Where the config is loaded from. */
export interface ConfigOptions {
  /** Folder that contains default.yaml; default the variable DANMUX_CONFIG_DIR, else `./config`. Missing files are skipped. */
  readonly dir?: string;
  /** `development`, `production` or `test`; default NODE_ENV, else `development`. */
  readonly environment?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Values that override all other sources, by full path, e.g. `{'edge.port': 0}`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Folder for secrets generated in development; default `./.danmux`. */
  readonly secretsDir?: string;
}

/** A validated config. */
export interface LoadedConfig {
  readonly config: Config;
  readonly environment: string;
  /** Paths of the settings whose value was generated, at this start or an earlier one. Always empty in production. */
  readonly madeSecrets: readonly string[];
}

/** Loads and validates the config; throws ConfigError. Outside production it also generates missing secrets and stores them in a file. */
export function loadConfig(options: ConfigOptions = {}): LoadedConfig {
  const env = options.env ?? process.env;
  const environment = checkEnvironment(options.environment || env['NODE_ENV'] || 'development');
  const dir = options.dir ?? configDir(env['DANMUX_CONFIG_DIR']);
  const values: Tree = {};
  for (const setting of settings) put(values, setting.path, structuredClone(setting.schema.default));
  const faults = new Faults();
  let readable = true;
  for (const name of ['default', environment]) {
    const file = join(dir, `${name}.yaml`);
    const content = faults.collect(() => readTree(file));
    if (content) for (const part of validParts(content, file, faults)) merge(values, part);
    else readable = false;
  }
  applyEnvironment(values, env, faults);
  for (const [path, value] of Object.entries(options.set ?? {})) {
    faults.collect(() => {
      check({ ...nest(path, value) }, 'the command line');
      put(values, path, value);
    });
  }
  const config = values as unknown as Config;
  for (const [type, row] of Object.entries(messageTypes)) config.messages.types[type] ??= { ...row };
  // Called only for its checks: it throws for a malformed range, so that `danmux config check` reports the range.
  faults.collect(() => createClientAddress(config.trusted_proxies));
  faults.collect(() => checkProxy(config.webhooks));
  // Outside production `ensureSecrets` writes a file. It must not do so for a config that is refused, so the faults are checked before.
  if (environment !== 'production') faults.check();
  // A file that cannot be read may hold the secrets, so they are not reported as missing.
  const secretsDir = options.secretsDir ?? join(process.cwd(), '.danmux');
  const madeSecrets = readable ? (faults.collect(() => ensureSecrets(config, environment, secretsDir)) ?? []) : [];
  faults.check();
  return { config, environment, madeSecrets };
}

/** Without a target the proxy is not used, and HTTPS_PROXY may hold what only other programs understand. */
function checkProxy({ proxy, url, targets }: Config['webhooks']): void {
  if (proxy === '' || (url === '' && targets.length === 0) || /^https?:\/\/[^/]+\/?$/.test(proxy)) return;
  throw new ConfigError('webhooks.proxy (HTTPS_PROXY): must be the URL of an HTTP proxy, such as http://proxy.example:3128');
}

/** Collects the faults of several sources, so that one error names all of them. */
class Faults {
  readonly #lines: string[] = [];

  /** Returns the result of `run`. When `run` throws a ConfigError, its message is collected and the result is undefined. */
  collect<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#lines.push(error.message);
      return undefined;
    }
  }

  /** Throws a ConfigError with all faults, one a line. */
  check(): void {
    if (this.#lines.length > 0) throw new ConfigError(this.#lines.join('\n'));
  }
}

const environments = ['development', 'production', 'test'];

// A misspelt "prodution" must not start in development mode, which generates secrets.
function checkEnvironment(environment: string): string {
  if (environments.includes(environment)) return environment;
  throw new ConfigError(`NODE_ENV is "${environment}"; it must be ${environments.join(', ')} or absent (development).`);
}

function configDir(given: string | undefined): string {
  if (!given) return join(process.cwd(), 'config');
  if (existsSync(given)) return given;
  throw new ConfigError(`DANMUX_CONFIG_DIR: the folder ${given} does not exist.`);
}

function readTree(file: string): Tree {
  if (!existsSync(file)) return {};
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new ConfigError(`${file}: not valid YAML: ${(error as Error).message}`, { cause: error });
  }
  if (!isTree(content)) throw new ConfigError(`${file}: must be a mapping of "key: value" settings.`);
  return content;
}

/** The parts of a file to apply: all of it, or the valid settings of a file with faults, so that the checks of the whole config find no others. */
function validParts(content: Tree, file: string, faults: Faults): Tree[] {
  if (isValid(content, file)) return [content];
  faults.collect(() => check(content, file));
  const given = settings.map(({ path }) => [path, get(content, path)] as const).filter(([, value]) => value !== undefined);
  return given.map(([path, value]) => nest(path, value)).filter((part) => isValid(part, file));
}

function isValid(part: Tree, source: string): boolean {
  try {
    check(part, source);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

function applyEnvironment(values: Tree, env: Readonly<Record<string, string | undefined>>, faults: Faults): void {
  for (const { path, schema } of settings) {
    const text = schema.env ? env[schema.env] : undefined;
    if (text === undefined || text === '') continue;
    const value = fromText(schema, text);
    faults.collect(() => {
      check(nest(path, value), `the environment variable ${schema.env}`);
      put(values, path, value);
    });
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
