// The `operationId` of a route, by which generated clients name its function: a verb and the things of its path, as in
// `publishRoomMessage`. It is derived, so that a route has one without asking; the document's test keeps them apart.

/** What a POST to these does; to any other thing, it creates one. */
const postVerbs: Readonly<Record<string, string>> = { messages: 'publish', batch: 'publish', tokens: 'sign' };
/** Last parts of a path that say what is done with what stands before them. */
const actions: readonly string[] = ['approve', 'enable', 'kick', 'reject', 'replay', 'retry', 'rotate'];
const methodVerbs: Readonly<Record<string, string>> = { GET: 'get', PUT: 'put', PATCH: 'update', DELETE: 'delete' };
/** Those that name one thing, and yet end like many. */
const singulars: readonly string[] = ['receipts', 'stats'];
/** Paths that say less than a name must. */
const fuller: Readonly<Record<string, string>> = { '/webhooks/dead': '/deadLetters', '/words': '/wordLists', '/rooms/:room/kick': '/rooms/:room/users/kick' };

/** `url` as Fastify has it, with `:param`. */
export function operationId(method: string, url: string): string {
  const told = Object.entries(fuller).reduce((path, [short, long]) => path.replace(short, long), url);
  const parts = told.split('/').filter((part) => part !== '' && !/^v[0-9]+$/.test(part));
  const last = parts.at(-1) ?? '';
  if (method === 'POST' && actions.includes(last)) return camel([last, ...things(parts.slice(0, -1))]);
  const many = method === 'GET' && isPlural(last);
  const verb = many ? 'list' : method === 'POST' ? (postVerbs[last] ?? 'create') : (methodVerbs[method] ?? method.toLowerCase());
  const names = things(parts);
  return camel([verb, ...(many ? [...names.slice(0, -1), last] : names)]);
}

/** The words of a path without its parameters, each of one thing. */
function things(parts: readonly string[]): string[] {
  return parts.filter((part) => !part.startsWith(':')).map((part) => (isPlural(part) ? part.replace(/s$/, '') : part));
}

function isPlural(part: string): boolean {
  return part.endsWith('s') && !singulars.includes(part);
}

function camel([verb = '', ...names]: readonly string[]): string {
  return verb + names.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join('');
}
