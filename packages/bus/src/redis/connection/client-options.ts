// The ioredis options that depend on the address: login, TLS and Sentinels. The bus, the Sentinel watch and command-line tools all use it, so that
// they connect in the same way. Reads the PEM files; opens no connection.
import { readFileSync } from 'node:fs';
import { type Config, ConfigError } from '@danmux/runtime';
import type { RedisOptions } from 'ioredis';
import type { RedisTarget } from './url.ts';
import type { RedisUrlOptions } from './url-options.ts';

type RedisSettings = Config['redis'];
type TlsOptions = NonNullable<RedisOptions['tls']>;

/** Login and TLS of a server. Throws a ConfigError that names the setting when a PEM file cannot be read. */
export function serverOptions({ username, password, tls, options }: RedisTarget, redis: RedisSettings): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  return { ...(username ? { username } : {}), ...(password ? { password } : {}), ...(tls ? { tls: tlsOptions({ ...redis, ...options }) } : {}) };
}

/** Login and TLS of a Sentinel. The login in the address belongs to the Redis servers and is not used here. */
export function sentinelOptions({ tls, options }: RedisTarget, redis: RedisSettings): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  const { sentinel_username: username, sentinel_password: password } = { ...redis, ...options };
  return { ...(username ? { username } : {}), ...(password ? { password } : {}), ...(tls ? { tls: tlsOptions({ ...redis, ...options }) } : {}) };
}

/** Node verifies the certificate against the address, or against `tls_servername`. It is never left unverified. */
function tlsOptions({ tls_ca: ca, tls_cert: cert, tls_key: key, tls_servername: servername }: RedisUrlOptions): TlsOptions {
  if (!cert !== !key) throw new ConfigError(`redis.${cert ? 'tls_key' : 'tls_cert'} is missing: a client certificate needs redis.tls_cert and redis.tls_key.`);
  return {
    ...(ca ? { ca: read('tls_ca', ca) } : {}),
    ...(cert ? { cert: read('tls_cert', cert) } : {}),
    ...(key ? { key: read('tls_key', key) } : {}),
    ...(servername ? { servername } : {}),
  };
}

function read(name: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`redis.${name}: ${(error as Error).message}`, { cause: error });
  }
  // OpenSSL ignores a file without a PEM block, and every connection would then fail with an error about the server's certificate.
  if (!text.includes('-----BEGIN ')) throw new ConfigError(`redis.${name}: ${file} is not a PEM file.`);
  return text;
}
