// The current place: the part of the URL after #, so that every page of the console has a link.
import { type PageName, pageNames } from './pages.ts';

export interface Place {
  readonly page: PageName;
  /** The room or message of the page. */
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

/** `first`: the page for an empty address. */
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

/** For a property of an element: an equal object is no change. */
export const queryProperty = { attribute: false, hasChanged: (one: unknown, other: unknown) => String(one) !== String(other) };

/** Malformed when typed by hand. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
