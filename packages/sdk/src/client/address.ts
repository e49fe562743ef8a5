// Splits the address of an edge into server and path, which socket.io takes separately: it would read a path in the address as a namespace.
// Uses no URL class, because mini-programs have none.

/** The address of an edge in the two parts that socket.io takes. */
export interface EdgeAddress {
  /** Scheme, host, port and query; `/` is the origin of the page. */
  readonly server: string;
  /** The path of socket.io on this server. */
  readonly path: string;
}

const defaultPath = '/socket.io';

/** Splits an address: `https://x.example/live` has the server `https://x.example/` and the path `/live/socket.io/`. `path` replaces `/socket.io`. */
export function addressOf(url: string, path = defaultPath): EdgeAddress {
  const [, host = '', base = '', query = ''] = /^((?:[a-z]+:)?\/\/[^/?#]*|[^/?#]*)([^?#]*)(\?[^#]*)?/i.exec(url) ?? [];
  const below = trimmed(base);
  const end = trimmed(path) === '' ? '' : `/${trimmed(path)}`;
  const whole = `/${below}`.endsWith(end) ? `/${below}` : `${below === '' ? '' : `/${below}`}${end}`;
  return { server: `${host}/${query}`, path: `${whole === '/' ? '' : whole}/` };
}

function trimmed(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
