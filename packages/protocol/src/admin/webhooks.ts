// Webhook targets and the events that none of their tries brought there, as an operator sees them.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { nextCursor, pageQuery, strict } from './fields.ts';

export const webhookStatus = Type.Object({
  id: Type.String(),
  host: Type.String({ description: 'Host and port of its url; the path may be a secret' }),
  state: Type.Union([Type.Literal('closed'), Type.Literal('open'), Type.Literal('disabled')], {
    description: 'closed: all is well; open: it fails, and is tried again at `retry_at`; disabled: it answered 410, and is not tried until it is enabled',
  }),
  failures: Type.Integer({ description: 'Tries that failed since the last that did not' }),
  retry_at: Type.Union([Type.Integer(), Type.Null()], { description: 'Milliseconds since 1970' }),
  error: Type.Union([Type.String(), Type.Null()], { description: 'Why the last try failed' }),
  lag_ms: Type.Integer({ description: 'For how long the oldest event waits that it was not given' }),
  dropped: Type.Integer({
    description: 'Events lost at the cap of the event log (`webhooks.log_events`) before it was given them, since the store began; of all types and rooms',
  }),
});
export const webhooksReply = Type.Object({ webhooks: Type.Array(webhookStatus) });

const deadLetter = Type.Object({
  entry: Type.String({ description: 'Names it to replay it' }),
  target: Type.String(),
  event: Type.Object({
    id: Type.String(),
    type: Type.String(),
    room: Type.String(),
    ts: Type.Integer(),
    data: Type.Unknown(),
  }),
  error: Type.String({ description: 'Why the last try failed' }),
  attempts: Type.Integer(),
  at: Type.Integer({ description: 'When it was given up, milliseconds since 1970' }),
});
export const deadLettersQuery = Type.Object(pageQuery(limits.listPage), strict);
export const deadLettersReply = Type.Object({ letters: Type.Array(deadLetter, { description: 'Newest first' }), cursor: nextCursor });
export const enableReply = Type.Object({ id: Type.String(), enabled: Type.Literal(true) });
export const replayReply = Type.Object({ entry: Type.String(), queued: Type.Literal(true) });

export type DeadLettersReply = Static<typeof deadLettersReply>;
