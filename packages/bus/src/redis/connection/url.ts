// Parses `redis.url`: one server, a Sentinel group or a Cluster. Opens no connection.

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

export interface RedisTarget {
  readonly mode: 'single' | 'sentinel' | 'cluster';
  /** Depending on the mode: the server, the sentinels, or the nodes that are asked first for the nodes of the cluster. */
  readonly nodes: readonly RedisNode[];
  /** Name of the Sentinel group. */
  readonly name?: string;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly tls: boolean;
}

const schemes = {
  'redis:': { mode: 'single', tls: false, port: 6379 },
  'rediss:': { mode: 'single', tls: true, port: 6379 },
  'redis+sentinel:': { mode: 'sentinel', tls: false, port: 26379 },
  'redis+cluster:': { mode: 'cluster', tls: false, port: 6379 },
} as const;

type Quote = (text: string) => string;

const form = /^(?<scheme>[a-z+]+:)\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?]+)(?:\/(?<path>[^?]*))?$/;

/**
 * Parses `redis://[user:password@]host[:port][/db]`, `rediss://…`, `redis+sentinel://host:port,host:port/NAME[/db]`,
 * `redis+cluster://host:port,host:port`. Throws an Error that names the expected form and never contains the password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const parts = form.exec(url)?.groups;
  const scheme = schemes[(parts?.['scheme'] ?? '') as keyof typeof schemes];
  if (!parts || !scheme)
    throw new Error('redis.url must be redis://host:port, rediss://…, redis+sentinel://host:port,host:port/NAME or redis+cluster://host:port,host:port');
  // The faulty part may be the password itself, so it is not quoted.
  const quote = (text: string) => (url.includes('@') ? 'what follows the password (%-encode @, / and : in it)' : `"${text}"`);
  const path = (parts['path'] ?? '').split('/').filter(Boolean);
  const name = scheme.mode === 'sentinel' ? path.shift() : undefined;
  if (scheme.mode === 'sentinel' && !name) throw new Error('redis.url: a redis+sentinel address ends with /NAME of the sentinel group');
  return {
    mode: scheme.mode,
    nodes: (parts['hosts'] ?? '').split(',').map((host) => parseNode(host, scheme.port, quote)),
    ...(name ? { name } : {}),
    ...(parts['username'] ? { username: decode(parts['username']) } : {}),
    ...(parts['password'] ? { password: decode(parts['password']) } : {}),
    db: parseDb(path[0], scheme.mode, quote),
    tls: scheme.tls,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // No `cause`: no part of the text may get into a log, because the text may be the password.
    throw new Error('redis.url: user and password must be percent-encoded');
  }
}

function parseNode(text: string, defaultPort: number, quote: Quote): RedisNode {
  const match = /^(?<host>\[[0-9a-fA-F:]+\]|[^:@[\]]+)(?::(?<port>\d{1,5}))?$/.exec(text.trim());
  const port = match?.groups?.['port'] ? Number(match.groups['port']) : defaultPort;
  if (!match?.groups || port > 65_535) throw new Error(`redis.url: ${quote(text)} is not host:port`);
  return { host: (match.groups['host'] ?? '').replace(/^\[|\]$/g, ''), port };
}

function parseDb(text: string | undefined, mode: RedisTarget['mode'], quote: Quote): number {
  if (text === undefined) return 0;
  if (mode !== 'cluster' && /^\d{1,5}$/.test(text)) return Number(text);
  throw new Error(mode === 'cluster' ? 'redis.url: a cluster has no database number' : `redis.url: ${quote(text)} is not a database number`);
}
