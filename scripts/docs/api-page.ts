// Writes docs/api.md: every route of the admin API with the scope a key needs for it, from the OpenAPI document.
import { cell, table } from './markdown-table.ts';

const head = `# Routes

Made from the routes by \`npm run docs\`; do not edit. The whole of each (bodies, answers, refusals, examples) is in
[openapi.json](openapi.json), and to be tried at \`/docs\` of a running api.

`;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly summary?: string; readonly 'x-scope'?: string }>>>>;
}

export function apiPage(document: object): string {
  const rows = Object.entries((document as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => [method.toUpperCase(), `\`${path}\``, route['x-scope'] ?? 'none', cell(route.summary ?? '')]),
  );
  return head + table(['method', 'path', 'scope', 'does'], rows);
}
