// Room modes, review of held messages, and the pre-send hook.
import { Type } from 'typebox';
import { count, ms, strict, strings } from '../fields.ts';

export const moderation = Type.Object(
  {
    exempt_roles: strings(['host', 'admin', 'moderator'], 'Roles whose messages pass room modes and word lists.'),
    member_roles: strings(['member', 'vip', 'host', 'admin', 'moderator'], 'Roles that may talk in a room of members only.'),
    review_ttl_ms: ms(86_400_000, 'How long a held message waits for review; then it is dropped.'),
    review_cap: count(10_000, 'Messages that wait for review; more are refused.'),
    hook: Type.Object(
      {
        url: Type.String({ default: '', description: 'Asked before a message of a viewer is accepted; empty asks nobody.' }),
        secret: Type.String({ default: '', secret: true, env: 'DANMUX_HOOK_SECRET', description: 'Signs the question as a Standard Webhook (whsec_…).' }),
        types: strings(['chat'], 'Message types that are asked about.'),
        timeout_ms: ms(300, 'An answer later than this is none.'),
        concurrency: count(200, 'Questions of one edge under way at once; more are decided by on_failure.'),
        on_failure: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_.-]{0,31}$' }), Type.Union([Type.Literal('pass'), Type.Literal('block')]), {
          default: {},
          description: 'What becomes of a message of a type when the hook does not answer: pass (as when absent) or block.',
        }),
      },
      strict,
    ),
  },
  strict,
);
