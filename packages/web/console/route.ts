// Where the operator is: the part of the address after #, so that every page of the console is a link that can be kept and sent.
import { type PageName, pageNames } from './pages.ts';

export interface Place {
  readonly page: PageName;
  /** The room or message that the page is of. */
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

/** `first`: where somebody is who came with no place in mind. */
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

/** For an element's property: another object that says the same is no change. */
export const queryProperty = { attribute: false, hasChanged: (one: unknown, other: unknown) => String(one) !== String(other) };

/** Somebody may have typed it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
