// The audit log: one row for each request that would change something, whether it was allowed or not. Never what it carried.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { nextCursor, pageQuery, strict } from './fields.ts';

export const auditRow = Type.Object({
  ts: Type.Integer({ description: 'Milliseconds since 1970' }),
  key: Type.Union([Type.String(), Type.Null()], { description: 'Id of the key; null when it was not proven' }),
  method: Type.String(),
  route: Type.String({ description: 'With its parameters in place of their values', examples: ['/v1/rooms/:room/messages'] }),
  params: Type.Record(Type.String(), Type.String(), { description: 'Values of the path' }),
  status: Type.Integer(),
  code: Type.Optional(Type.String({ description: 'Of a refusal' })),
  trace: Type.String(),
  address: Type.String(),
});
export const auditQuery = Type.Object(
  {
    ...pageQuery(limits.listPage),
    key: Type.Optional(Type.String({ maxLength: 64, description: 'Only of this key' })),
    route: Type.Optional(Type.String({ maxLength: 256, description: 'Only of routes that begin with this' })),
  },
  strict,
);
export const auditReply = Type.Object({
  rows: Type.Array(auditRow, { description: 'Newest first; with a filter a page may hold fewer than asked for, or none' }),
  cursor: nextCursor,
});

export type AuditRow = Static<typeof auditRow>;
