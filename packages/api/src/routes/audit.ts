// Reading the audit log, newest first. A filter scans a limited number of rows per request and returns a cursor, so that a rare key
// costs many small requests instead of one long one.
import type { Bus, LogEntry } from '@danmux/bus';
import { DanmuxError, limits } from '@danmux/protocol';
import { type AuditRow, auditQuery, auditReply } from '@danmux/protocol/schemas';
import type { Static } from 'typebox';
import { auditLogs } from '../http/audit.ts';
import type { TypedApp } from '../http/validation.ts';
import { documented, success } from './documented.ts';

const defaultPage = 50;
const rowsRead = 200;
const rowsLookedAt = 2_000;

const auditSchema = {
  summary: 'Who changed what, and who tried to',
  description:
    'Every request but reading ones, refused ones too, in three logs: `changes` (moderation and administration, stored before their answer), `publishing` and `unknown` (no good key), which appear within a second.',
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
  app.get('/v1/audit', { schema: auditSchema, config: { scope: 'admin' } }, async ({ query }) => {
    const limit = Number(query.limit ?? defaultPage);
    if (limit > limits.listPage) throw new DanmuxError('invalid_request', { message: `querystring: limit must be 1 to ${limits.listPage}.` });
    return findRows(bus, query, limit);
  });
}

type Filter = Pick<Static<typeof auditQuery>, 'cursor' | 'key' | 'route' | 'log'>;

async function findRows(bus: Bus, filter: Filter, limit: number): Promise<Static<typeof auditReply>> {
  const rows: AuditRow[] = [];
  let cursor: string | null = filter.cursor ?? null;
  for (let looked = 0; looked < rowsLookedAt; looked += rowsRead) {
    const page = await bus.logs.page(auditLogs[filter.log ?? 'changes'], cursor ?? undefined, rowsRead);
    for (const entry of page.entries) {
      const row = rowOf(entry);
      if (!fits(row, filter)) continue;
      rows.push(row);
      if (rows.length === limit) return { rows, cursor: entry === page.entries.at(-1) ? page.cursor : entry.entry };
    }
    cursor = page.cursor;
    if (cursor === null) break;
  }
  return { rows, cursor };
}

function fits({ key, route }: AuditRow, filter: Filter): boolean {
  return (filter.key === undefined || key === filter.key) && (filter.route === undefined || route.startsWith(filter.route));
}

function rowOf({ text }: LogEntry): AuditRow {
  return JSON.parse(text) as AuditRow;
}
