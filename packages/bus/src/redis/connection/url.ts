// Parses `redis.url`: one server, a unix socket, a Sentinel group or a Cluster. All except the socket can use TLS. Opens no connection.
import { parseUrlOptions, type RedisUrlOptions } from './url-options.ts';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

export interface RedisTarget {
  readonly mode: 'single' | 'sentinel' | 'cluster';
  /** Depending on the mode: the server, the sentinels, or the nodes from which the client learns all nodes of the cluster. Empty with a socket. */
  readonly nodes: readonly RedisNode[];
  /** Path of the unix socket of a single server. */
  readonly socket?: string;
  /** Name of the Sentinel group. */
  readonly name?: string;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly tls: boolean;
  /** Options after `?`, which override settings of `redis`. */
  readonly options?: RedisUrlOptions;
}

const schemes = {
  'redis:': { mode: 'single', tls: false, port: 6379 },
  'rediss:': { mode: 'single', tls: true, port: 6379 },
  'redis+sentinel:': { mode: 'sentinel', tls: false, port: 26379 },
  'rediss+sentinel:': { mode: 'sentinel', tls: true, port: 26379 },
  'redis+cluster:': { mode: 'cluster', tls: false, port: 6379 },
  'rediss+cluster:': { mode: 'cluster', tls: true, port: 6379 },
} as const;

type Quote = (text: string) => string;
type Parts = Readonly<Record<string, string | undefined>>;

const login = '(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?';
const form = new RegExp(`^(?<scheme>[a-z+]+:)//${login}(?<hosts>[^/?]+)(?:/(?<path>[^?]*))?(?:\\?(?<query>.*))?$`);
const socketForm = new RegExp(`^redis\\+unix://${login}(?<socket>/[^?]+)(?:\\?(?<query>.*))?$`);

/**
 * Parses `redis://[user:password@]host[:port][/db]`, `redis+unix://[user:password@]/path`, `redis+sentinel://host:port,host:port/NAME[/db]`,
 * `redis+cluster://host:port,host:port`, with TLS `rediss://`, `rediss+sentinel://`, `rediss+cluster://`, and options after `?`. Throws an Error
 * that names the expected form and never contains the password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  // The faulty part may be the password itself, so it is not quoted.
  const quote = (text: string) => (url.includes('@') ? 'the part after the password (%-encode @, / and : in the password)' : `"${text}"`);
  const socket = socketForm.exec(url)?.groups;
  if (socket) return parseSocket(socket, quote);
  const parts = form.exec(url)?.groups;
  const scheme = schemes[(parts?.['scheme'] ?? '') as keyof typeof schemes];
  if (!parts || !scheme) {
    throw new Error(
      'redis.url must be redis://host:port, redis+unix:///path, redis+sentinel://host:port,host:port/NAME or redis+cluster://host:port,host:port; with TLS rediss://, rediss+sentinel:// or rediss+cluster://',
    );
  }
  const { mode, tls } = scheme;
  const path = (parts['path'] ?? '').split('/').filter(Boolean);
  const name = mode === 'sentinel' ? path.shift() : undefined;
  if (mode === 'sentinel' && !name) throw new Error(`redis.url: a ${tls ? 'rediss' : 'redis'}+sentinel address ends with /NAME of the sentinel group`);
  const options = parseUrlOptions(parts['query'] ?? '', { tls, sentinel: mode === 'sentinel' });
  return {
    mode,
    nodes: (parts['hosts'] ?? '').split(',').map((host) => parseNode(host, scheme.port, quote)),
    ...(name ? { name } : {}),
    ...parseLogin(parts),
    db: parseDb(dbOf(options, path[0]), mode, quote),
    tls,
    ...(parts['query'] ? { options } : {}),
  };
}

function parseSocket(parts: Parts, quote: Quote): RedisTarget {
  const options = parseUrlOptions(parts['query'] ?? '', { tls: false, sentinel: false });
  return {
    mode: 'single',
    nodes: [],
    socket: decode(parts['socket'] ?? '', 'the path of the socket'),
    ...parseLogin(parts),
    db: parseDb(options.db, 'single', quote),
    tls: false,
    ...(parts['query'] ? { options } : {}),
  };
}

function parseLogin({ username, password }: Parts): Pick<RedisTarget, 'username' | 'password'> {
  return {
    ...(username ? { username: decode(username, 'user and password') } : {}),
    ...(password ? { password: decode(password, 'user and password') } : {}),
  };
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The error has no `cause`, because the text may be the password and no part of it may get into a log.
    throw new Error(`redis.url: ${what} must be percent-encoded`);
  }
}

function parseNode(text: string, defaultPort: number, quote: Quote): RedisNode {
  const match = /^(?<host>\[[0-9a-fA-F:]+\]|[^:@[\]]+)(?::(?<port>\d{1,5}))?$/.exec(text.trim());
  const port = match?.groups?.['port'] ? Number(match.groups['port']) : defaultPort;
  if (!match?.groups || port > 65_535) throw new Error(`redis.url: ${quote(text)} is not host:port`);
  return { host: (match.groups['host'] ?? '').replace(/^\[|\]$/g, ''), port };
}

function dbOf({ db }: RedisUrlOptions, inPath: string | undefined): string | undefined {
  if (db !== undefined && inPath !== undefined) throw new Error('redis.url names the database twice: in its path and in the option db');
  return db ?? inPath;
}

function parseDb(text: string | undefined, mode: RedisTarget['mode'], quote: Quote): number {
  if (text === undefined) return 0;
  if (mode !== 'cluster' && /^\d{1,5}$/.test(text)) return Number(text);
  throw new Error(mode === 'cluster' ? 'redis.url: a cluster has no database number' : `redis.url: ${quote(text)} is not a database number`);
}
