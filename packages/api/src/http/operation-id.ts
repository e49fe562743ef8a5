// The `operationId` of a route, the function name in generated clients: a verb and the nouns of its path, as in
// `publishRoomMessage`. Derived from method and path; a test checks that all differ.

/** The verb of a POST to these; elsewhere POST creates. */
const postVerbs: Readonly<Record<string, string>> = { messages: 'publish', batch: 'publish', tokens: 'sign' };
/** Last path parts that are verbs. */
const actions: readonly string[] = ['approve', 'enable', 'kick', 'reject', 'replay', 'retry', 'rotate'];
const methodVerbs: Readonly<Record<string, string>> = { GET: 'get', PUT: 'put', PATCH: 'update', DELETE: 'delete' };
/** Singular nouns that end like plurals. */
const singulars: readonly string[] = ['receipts', 'stats'];
/** Paths that are too short for a name. */
const fuller: Readonly<Record<string, string>> = { '/webhooks/dead': '/deadLetters', '/words': '/wordLists', '/rooms/:room/kick': '/rooms/:room/users/kick' };

/** `url` in Fastify's form, with `:param`. */
export function operationId(method: string, url: string): string {
  const fullPath = Object.entries(fuller).reduce((path, [short, long]) => path.replace(short, long), url);
  const parts = fullPath.split('/').filter((part) => part !== '' && !/^v[0-9]+$/.test(part));
  const last = parts.at(-1) ?? '';
  if (method === 'POST' && actions.includes(last)) return camel([last, ...things(parts.slice(0, -1))]);
  const many = method === 'GET' && isPlural(last);
  const verb = many ? 'list' : method === 'POST' ? (postVerbs[last] ?? 'create') : (methodVerbs[method] ?? method.toLowerCase());
  const names = things(parts);
  return camel([verb, ...(many ? [...names.slice(0, -1), last] : names)]);
}

/** The nouns of a path without its parameters, in singular. */
function things(parts: readonly string[]): string[] {
  return parts.filter((part) => !part.startsWith(':')).map((part) => (isPlural(part) ? part.replace(/s$/, '') : part));
}

function isPlural(part: string): boolean {
  return part.endsWith('s') && !singulars.includes(part);
}

function camel([verb = '', ...names]: readonly string[]): string {
  return verb + names.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join('');
}
