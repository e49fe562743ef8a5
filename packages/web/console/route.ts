// Parses and writes the part of the URL after #, which names the current page, so that every page of the console has a link.
import { type PageName, pageNames } from './pages.ts';

export interface Place {
  readonly page: PageName;
  /** Name of the room, or id of the message, that the page shows. */
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

/** Parses a hash. `first` is the page for an empty or unknown hash. */
export function placeOf(hash: string, first: PageName): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name = '', id] = path.split('/', 2);
  const page = pageNames.find((known) => known === name) ?? first;
  return { page, id: id ? decoded(id) : undefined, query: new URLSearchParams(query) };
}

export function linkTo(page: PageName, id?: string, query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  return `#/${page}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`;
}

/** Options of a Lit property that holds a query. Queries are compared by content, so a new object with the same content causes no update. */
export const queryProperty = { attribute: false, hasChanged: (one: unknown, other: unknown) => String(one) !== String(other) };

/** Returns the text unchanged when its percent-encoding is malformed, as in an address typed by hand. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
