// Schemas of the audit log: one row for each state-changing request, whether it was allowed or refused. A row copies only a few named
// fields of the request body; it never contains message text or an API key.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { nextCursor, pageQuery, strict } from './fields.ts';

export const auditRow = Type.Object(
  {
    ts: Type.Integer({ description: 'Milliseconds since 1970' }),
    key: Type.Union([Type.String(), Type.Null()], { description: 'Id of the API key; null when authentication failed' }),
    method: Type.String(),
    route: Type.String({ description: 'Route pattern, with parameter names instead of values', examples: ['/v1/rooms/:room/messages'] }),
    params: Type.Record(Type.String(), Type.String(), { description: 'Values of the path parameters' }),
    asked: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'Selected fields of the request body: id, user, rooms, scopes, modes, times, reason',
      }),
    ),
    status: Type.Integer(),
    code: Type.Optional(Type.String({ description: 'Error code of a refused request' })),
    trace: Type.String(),
    address: Type.String(),
  },
  { title: 'AuditRow' },
);
export const auditQuery = Type.Object(
  {
    ...pageQuery(limits.listPage),
    log: Type.Optional(
      Type.Union([Type.Literal('changes'), Type.Literal('publishing'), Type.Literal('unknown')], { description: 'Which log; `changes` when absent' }),
    ),
    key: Type.Optional(Type.String({ maxLength: 64, description: 'Only rows of this API key' })),
    route: Type.Optional(Type.String({ maxLength: 256, description: 'Only rows whose route starts with this text' })),
  },
  strict,
);
export const auditReply = Type.Object(
  {
    rows: Type.Array(auditRow, { description: 'Newest first; with a filter a page may hold fewer rows than `limit`, or none' }),
    cursor: nextCursor,
  },
  { title: 'AuditPage' },
);

export type AuditRow = Static<typeof auditRow>;
export type AuditLogName = 'changes' | 'publishing' | 'unknown';
