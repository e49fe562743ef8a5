// Reads the audit log, newest rows first. One request scans at most 2,000 rows and then returns a cursor, so that a filter that matches few
// rows takes several short requests instead of one long one.
import type { Bus, LogEntry } from '@danmux/bus';
import { type AuditRow, auditQuery, auditReply } from '@danmux/protocol/schemas';
import type { Static } from 'typebox';
import { auditLogs } from '../http/audit.ts';
import { defaultPage } from '../http/paging.ts';
import type { TypedApp } from '../http/validation.ts';
import { documented, success } from './documented.ts';

const rowsPerRead = 200;
const maxRowsScanned = 2_000;

const auditSchema = {
  summary: 'Read the audit log',
  description:
    'One row for every request except GET, HEAD and OPTIONS, refused requests included, newest first. There are three logs: `changes` (moderation and administration; a row is stored ' +
    'before its response), `publishing`, and `unknown` (requests without a valid key); rows of the last two appear within a second. With a filter a page can be short or empty and still have a `cursor`.',
  tags: ['keys'],
  querystring: auditQuery,
  response: {
    200: success(auditReply, 'One page', {
      rows: [
        {
          ts: 1_767_225_600_000,
          key: 'mods',
          method: 'PUT',
          route: '/v1/rooms/:room/mutes/:user',
          params: { room: 'live:1001', user: 'u7' },
          asked: { for_ms: 600_000, reason: '刷屏' },
          status: 200,
          trace: '01K8Y3V5S9Q4W2N7C6D1B0ATZX',
          address: '10.0.0.7',
        },
      ],
      cursor: null,
    }),
    ...documented(['invalid_request']),
  },
};

export function addAuditRoute(app: TypedApp, bus: Bus): void {
  app.get('/v1/audit', { schema: auditSchema, config: { scope: 'admin' } }, async ({ query }) => findRows(bus, query, query.limit ?? defaultPage));
}

type Filter = Pick<Static<typeof auditQuery>, 'cursor' | 'key' | 'route' | 'log'>;

async function findRows(bus: Bus, filter: Filter, limit: number): Promise<Static<typeof auditReply>> {
  const rows: AuditRow[] = [];
  let cursor: string | null = filter.cursor ?? null;
  for (let scanned = 0; scanned < maxRowsScanned; scanned += rowsPerRead) {
    const page = await bus.logs.page(auditLogs[filter.log ?? 'changes'], cursor ?? undefined, rowsPerRead);
    for (const entry of page.entries) {
      const row = rowOf(entry);
      if (!matches(row, filter)) continue;
      rows.push(row);
      if (rows.length === limit) return { rows, cursor: entry === page.entries.at(-1) ? page.cursor : entry.entry };
    }
    cursor = page.cursor;
    if (cursor === null) break;
  }
  return { rows, cursor };
}

function matches({ key, route }: AuditRow, filter: Filter): boolean {
  return (filter.key === undefined || key === filter.key) && (filter.route === undefined || route.startsWith(filter.route));
}

function rowOf({ text }: LogEntry): AuditRow {
  return JSON.parse(text) as AuditRow;
}
