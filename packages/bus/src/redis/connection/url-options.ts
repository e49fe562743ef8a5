// The options after `?` in `redis.url`. Each overrides the setting of the same name in `redis`, or the database number of the path. Reads no file.

/** Values by name; an absent option leaves the setting. */
export interface RedisUrlOptions {
  readonly db?: string;
  readonly tls_ca?: string;
  readonly tls_cert?: string;
  readonly tls_key?: string;
  readonly tls_servername?: string;
  readonly sentinel_username?: string;
  readonly sentinel_password?: string;
}

const names: readonly string[] = [
  'db',
  'tls_ca',
  'tls_cert',
  'tls_key',
  'tls_servername',
  'sentinel_username',
  'sentinel_password',
] satisfies (keyof RedisUrlOptions)[];

/** Which options apply: those of TLS need a rediss address, those of the Sentinels a sentinel address. */
export interface OptionsFor {
  readonly tls: boolean;
  readonly sentinel: boolean;
}

/** Parses `name=value&name=value`. Throws an Error that names the option; it shows no value, which may be a password. */
export function parseUrlOptions(query: string, { tls, sentinel }: OptionsFor): RedisUrlOptions {
  const options = new Map<string, string>();
  for (const part of query.split('&').filter(Boolean)) {
    const [name = '', ...rest] = part.split('=');
    // A name that is none of ours may be the tail of a password with a `?` in it.
    if (!names.includes(name)) throw new Error(`redis.url has an unknown option after "?"; the options are ${names.join(', ')} (%-encode ? in a password)`);
    if (options.has(name)) throw new Error(`redis.url names the option ${name} twice`);
    if (name.startsWith('tls_') && !tls)
      throw new Error(`redis.url: the option ${name} needs an address with TLS: rediss://, rediss+sentinel:// or rediss+cluster://`);
    if (name.startsWith('sentinel_') && !sentinel) throw new Error(`redis.url: the option ${name} needs a redis+sentinel:// or rediss+sentinel:// address`);
    const value = decoded(name, rest.join('='));
    if (value === '') throw new Error(`redis.url: the option ${name} has no value`);
    options.set(name, value);
  }
  return Object.fromEntries(options);
}

function decoded(name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`redis.url: the value of the option ${name} must be percent-encoded`);
  }
}
