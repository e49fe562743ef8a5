// Derives the `operationId` of a route, which generated clients use as the function name, from method and path: a verb and the nouns of
// the path, such as `publishRoomMessage`. Does not check that ids are unique; a test does.

/** Verb of a POST by the last part of its path. The verb of any other POST is `create`. */
const postVerbs: Readonly<Record<string, string>> = { messages: 'publish', batch: 'publish', tokens: 'sign' };
/** Verbs that end the path of a POST; the `operationId` begins with the verb. */
const actions: readonly string[] = ['approve', 'enable', 'kick', 'recall', 'reject', 'replay', 'retry', 'rotate'];
const methodVerbs: Readonly<Record<string, string>> = { GET: 'get', PUT: 'put', PATCH: 'update', DELETE: 'delete' };
/** Words that end in s and are not treated as plurals. */
const singulars: readonly string[] = ['receipts', 'stats'];
/** Parts of paths that give no clear name, and the parts that replace them in the name. */
const namedAs: Readonly<Record<string, string>> = {
  '/tokens/watch': '/watch/tokens',
  '/webhooks/dead': '/deadLetters',
  '/words': '/wordLists',
  '/rooms/:room/kick': '/rooms/:room/users/kick',
};

/** `url` in Fastify's form, such as `/v1/rooms/:room`. */
export function operationId(method: string, url: string): string {
  const fullPath = Object.entries(namedAs).reduce((path, [short, long]) => path.replace(short, long), url);
  const parts = fullPath.split('/').filter((part) => part !== '' && !/^v[0-9]+$/.test(part));
  const last = parts.at(-1) ?? '';
  if (method === 'POST' && actions.includes(last)) return camel([last, ...nounsOf(parts.slice(0, -1))]);
  const many = method === 'GET' && isPlural(last);
  const verb = many ? 'list' : method === 'POST' ? (postVerbs[last] ?? 'create') : (methodVerbs[method] ?? method.toLowerCase());
  const names = nounsOf(parts);
  return camel([verb, ...(many ? [...names.slice(0, -1), last] : names)]);
}

/** The parts of a path without its parameters, in the singular. */
function nounsOf(parts: readonly string[]): string[] {
  return parts.filter((part) => !part.startsWith(':')).map((part) => (isPlural(part) ? part.replace(/s$/, '') : part));
}

function isPlural(part: string): boolean {
  return part.endsWith('s') && !singulars.includes(part);
}

function camel([verb = '', ...names]: readonly string[]): string {
  return verb + names.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join('');
}
