// Schema of every error reply of the admin API: an RFC 9457 problem whose `code` is a code of the errors table.
import { type Static, Type } from 'typebox';

export const problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    instance: Type.Optional(Type.String({ description: 'Trace id of the request' })),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }, { title: 'FieldProblem' }))),
    retry_after_ms: Type.Optional(Type.Integer()),
  },
  { title: 'Problem', description: 'RFC 9457 problem' },
);
export type Problem = Static<typeof problem>;
