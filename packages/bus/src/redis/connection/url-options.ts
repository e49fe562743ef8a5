// The options after `?` in `redis.url`. `db` is the database number, which may also be the path of the address, but not both; each other option
// overrides the setting of the same name in `redis`. Reads no file.

/** Values by name; an absent option leaves the setting unchanged. */
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

/** The kind of the address, which decides the allowed options: TLS options need a rediss address, and Sentinel options need a sentinel address. */
export interface OptionsFor {
  readonly tls: boolean;
  readonly sentinel: boolean;
}

/** Parses `name=value&name=value`. Throws an Error that names the option but not its value, because the value may be a password. */
export function parseUrlOptions(query: string, { tls, sentinel }: OptionsFor): RedisUrlOptions {
  const options = new Map<string, string>();
  for (const part of query.split('&').filter(Boolean)) {
    const [name = '', ...rest] = part.split('=');
    // An unknown name may be the end of a password that contains `?`, so the error does not show the name.
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
