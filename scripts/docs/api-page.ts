// Writes docs/api.md from the OpenAPI document: every route of the admin API and the scope it requires.
import { cell, table } from './markdown-table.ts';

const head = `# Routes

Made from the routes by \`npm run docs\`; do not edit. [openapi.json](openapi.json) describes each route in full (bodies, answers, refusals, examples);
\`/docs\` of a running api shows it and lets you try the routes.

`;

const text = `
## The text of a message's data

Numbers in \`data\` keep their digits everywhere (frames, history, webhooks, the archive, the review queue, the pre-send hook): \`9007199254740993\`,
\`1.0\`, \`-0\` and thirty decimals do not change. The same holds for further fields of \`from\`. Fields of the API itself are ordinary numbers: \`5000.0\` is 5000, and a number that a
double cannot hold is refused with 400.

- JavaScript, and so the SDK, rounds integers beyond 2^53 when it parses: send order numbers as strings when a page reads them. PHP's ints have 64 bits; use
  \`JSON_BIGINT_AS_STRING\` for larger ones, as \`clients/php\` does. Python has no such limit.
- Whitespace between tokens is dropped, and escapes are written in their shortest form; limits count the bytes of the result. When an object has a field twice,
  the last one counts. Fields with integer names come first, in numeric order.
- Text is well-formed Unicode. Half a surrogate pair (\`"\\ud83d"\`) becomes U+FFFD, in values and in names.
- These are refused with 400 (a viewer gets \`invalid_request\`), with the name of the field: a number beyond the range of a double (\`1e400\`, which Go cannot read), more than 32 levels of nesting, a
  field that is named \`__proto__\` or begins with U+0000 (which PHP's objects cannot have).
`;

const again = `
## Repeated requests

A POST with an \`Idempotency-Key\` that is repeated with the same body, by the same API key, to the same route, gets the first answer and
\`Idempotent-Replayed: true\`, for \`api.idempotency_ttl_ms\` (an hour). Another body gets 422 \`idempotency_mismatch\`; while the first request runs, the answer is 409
\`idempotency_in_flight\`. Answers with a secret (keys, tokens) are stored sealed under \`viewer.token_secret\`; when that has changed since, the answer is 409
\`conflict\`.

A message with an \`id\` needs no header: the same \`id\` with equal content (type, data and \`from.id\`; the order of fields does not matter) in a room, or for a user, is sent once and
gets \`duplicate: true\`; with other content it is refused with 409 \`duplicate_id\`. The store remembers ids for \`messages.dedupe_gift_ms\` (15 minutes) in the lanes gift and
control, and for \`messages.dedupe_chat_ms\` (a minute) in the others. **After that time the same id is a new message.** A delayed message and a broadcast are remembered as long
as their job: until they are sent, and for \`jobs.kept_ms\` more.

Answers that ask to try again (5xx, 429) are not stored: the request runs again. Its messages have ids derived from the key, so they are the same messages while
the store remembers ids: for \`messages.dedupe_chat_ms\` (a minute), and for \`messages.dedupe_gift_ms\` (15 minutes) in the lanes gift and control.

For \`POST /v1/messages/batch\` the same holds row by row. When some rows were refused for a reason that passes, a repeat tries only those again; the others get
their first answer, within the hour. A row that was refused with \`unavailable\`, and a request without an answer, may have been
stored: repeat them within the minute (15 minutes for gifts), or look into the history first.
`;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly summary?: string; readonly operationId?: string; readonly 'x-scope'?: string }>>>>;
}

export function apiPage(document: object): string {
  const rows = Object.entries((document as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => [
      method.toUpperCase(),
      `\`${path}\``,
      route['x-scope'] ?? 'none',
      `\`${route.operationId}\``,
      cell(route.summary ?? ''),
    ]),
  );
  return head + table(['method', 'path', 'scope', 'operation', 'does'], rows) + text + again;
}
