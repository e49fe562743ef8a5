// Splits the address of an edge into server and path, which socket.io takes separately: it would read a path in the address as a namespace.
// Uses no URL class, because mini-programs have none.

/** What socket.io connects to. */
export interface EdgeAddress {
  /** Scheme, host, port and query; `/` is the origin of the page. */
  readonly server: string;
  /** The path of socket.io on this server. */
  readonly path: string;
}

const defaultPath = '/socket.io';

/** `https://x.example/live` is the path `/live/socket.io/` of `https://x.example`. `path` replaces `/socket.io`. */
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
