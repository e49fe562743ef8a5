// Generates secrets outside production at the first start, and stores them in .danmux/secrets.json of the working directory, readable by the
// owner only. All processes started in that directory share them. In production nothing is generated: a missing secret aborts the start.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error.ts';
import type { Config } from './schema.ts';

const minimumLength = 32;

interface Secrets {
  readonly token_secret: string;
  readonly api_key: string;
}

/** Sets missing secrets in `config` and returns their paths. Throws ConfigError when a secret is too short, or missing in production. */
export function ensureSecrets(config: Config, environment: string, dir: string): string[] {
  const missing = [config.viewer.token_secret ? '' : 'viewer.token_secret', hasKey(config) ? '' : 'api.key'].filter(Boolean);
  if (missing.length > 0) {
    if (environment === 'production')
      throw new ConfigError(
        `${missing.join(' and ')} must be set in production: set DANMUX_TOKEN_SECRET and DANMUX_API_KEY, each to at least ${minimumLength} random characters.`,
      );
    const made = readOrMake(dir);
    config.viewer.token_secret ||= made.token_secret;
    if (missing.includes('api.key')) config.api.key = made.api_key;
  }
  // A public key is known to others, who could then sign tokens with it as the secret.
  if (config.viewer.token_secret.includes('-----BEGIN'))
    throw new ConfigError('viewer.token_secret is a key in PEM form; put public keys into viewer.token_keys, and give a secret of random characters.');
  for (const [path, value] of [
    ['viewer.token_secret', config.viewer.token_secret],
    ['api.key', config.api.key],
    ['metrics.key', config.metrics.key],
  ] as const) {
    if (value && value.length < minimumLength) throw new ConfigError(`${path} has ${value.length} characters; it must have ${minimumLength} or more.`);
  }
  return missing;
}

function hasKey({ api: { key, key_hashes: hashes, keys } }: Config): boolean {
  return key !== '' || hashes.length > 0 || keys.length > 0;
}

function readOrMake(dir: string): Secrets {
  const file = join(dir, 'secrets.json');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const made: Secrets = { token_secret: randomBytes(32).toString('base64url'), api_key: randomBytes(32).toString('base64url') };
  try {
    // `wx` fails when the file exists: of several processes that start together, one creates the file and the others read it.
    writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readSettled(file);
}

function readSettled(file: string): Secrets {
  // Retries for half a second, because another process may have created the file without having written it yet.
  for (let tries = 0; ; tries++) {
    try {
      const secrets = JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
      if (secrets.token_secret && secrets.api_key) return secrets as Secrets;
      throw new ConfigError(`${file} lacks token_secret or api_key; delete the file to generate new secrets.`);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      if (tries >= 50) throw new ConfigError(`${file} cannot be read: ${(error as Error).message}. Delete the file to generate new secrets.`, { cause: error });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
