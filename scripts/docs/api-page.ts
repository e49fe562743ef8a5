// Writes docs/api.md: every route of the admin API with the scope a key needs for it, from the OpenAPI document.
import { cell, table } from './markdown-table.ts';

const head = `# Routes

Made from the routes by \`npm run docs\`; do not edit. The whole of each (bodies, answers, refusals, examples) is in
[openapi.json](openapi.json), and to be tried at \`/docs\` of a running api.

`;

const text = `
## The text of a message's data

\`data\` arrives everywhere (frames, history, webhooks, the archive, the review queue, the pre-send hook) with the digits it was sent with: \`9007199254740993\`,
\`1.0\`, \`-0\` and thirty decimals stay what they are. So do further fields of \`from\`. The fields of the API itself are numbers: there \`5000.0\` is 5000, and one that a
double cannot hold is 400.

- JavaScript rounds integers beyond 2^53 when it parses, and so does the SDK's \`data\`: send order numbers as strings where a page reads them. PHP's ints have 64 bits; use
  \`JSON_BIGINT_AS_STRING\` for larger ones, as \`clients/php\` does. Python has no such limit.
- Whitespace between tokens is not kept and escapes are written in their shortest form; limits count the bytes of that. Of a field that stands in an object twice
  the last one counts. Fields named by integers come first, in their order.
- Text is well-formed Unicode. Half a surrogate pair (\`"\\ud83d"\`) becomes U+FFFD, in values and in names, whoever sent it.
- Refused with 400 (to a viewer: \`invalid_request\`), by the name of the field: a number beyond the range of a double (\`1e400\`, which Go does not read), more than 32 levels, a
  field that is named \`__proto__\` or begins with U+0000 (which PHP's objects cannot have).
`;

const again = `
## The same request again

A POST with an \`Idempotency-Key\` that is sent again, with the same body, by the same API key, to the same route, gets the first answer and
\`Idempotent-Replayed: true\`, for \`api.idempotency_ttl_ms\` (an hour). Another body is 422 \`idempotency_mismatch\`; while the first request runs, 409
\`idempotency_in_flight\`. Answers that tell a secret (keys, tokens) are kept sealed under \`viewer.token_secret\`; when that was changed since, 409
\`conflict\`.

An answer that says to try again (5xx, 429) is not kept: the request runs again, and its messages are the same ones by ids derived from the key, for as
long as messages are known by their ids: \`messages.dedupe_chat_ms\` (a minute), gifts and control messages \`messages.dedupe_gift_ms\` (15 minutes).

Of \`POST /v1/messages/batch\` the same holds row by row. When some rows were refused for a reason that passes, only they are tried again; the others are
answered as the first time, however late within that hour. A row that was refused with \`unavailable\`, and a request that got no answer, may have been
stored: repeat those within the minute (15 for gifts), or look into the history first.
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
