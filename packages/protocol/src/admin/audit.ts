// The audit log: one row for each request that would change something, whether it was allowed or not. Of what it carried, only a few
// named fields; never what was said, and no key.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { nextCursor, pageQuery, strict } from './fields.ts';

export const auditRow = Type.Object({
  ts: Type.Integer({ description: 'Milliseconds since 1970' }),
  key: Type.Union([Type.String(), Type.Null()], { description: 'Id of the key; null when it was not proven' }),
  method: Type.String(),
  route: Type.String({ description: 'With its parameters in place of their values', examples: ['/v1/rooms/:room/messages'] }),
  params: Type.Record(Type.String(), Type.String(), { description: 'Values of the path' }),
  asked: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'What was asked for: id, user, rooms, scopes, modes, times, a reason, as far as the body names them',
    }),
  ),
  status: Type.Integer(),
  code: Type.Optional(Type.String({ description: 'Of a refusal' })),
  trace: Type.String(),
  address: Type.String(),
});
export const auditQuery = Type.Object(
  {
    ...pageQuery(limits.listPage),
    log: Type.Optional(
      Type.Union([Type.Literal('changes'), Type.Literal('publishing'), Type.Literal('unknown')], { description: 'Which log; `changes` when absent' }),
    ),
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
export type AuditLogName = 'changes' | 'publishing' | 'unknown';
