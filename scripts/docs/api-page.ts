// Writes docs/api.md: every route of the admin API with the scope a key needs for it, from the OpenAPI document.
import { cell, table } from './markdown-table.ts';

const head = `# Routes

Made from the routes by \`npm run docs\`; do not edit. The whole of each (bodies, answers, refusals, examples) is in
[openapi.json](openapi.json), and to be tried at \`/docs\` of a running api.

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
  return head + table(['method', 'path', 'scope', 'operation', 'does'], rows) + again;
}
