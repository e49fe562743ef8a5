// Settings of moderation: room modes, review of held messages, and the pre-send hook.
import { Type } from 'typebox';
import { compared, count, ms, strict, strings } from '../fields.ts';

export const moderation = Type.Object(
  {
    exempt_roles: strings(['host', 'admin', 'moderator'], 'Roles exempt from room modes and word lists.'),
    member_roles: strings(['member', 'vip', 'host', 'admin', 'moderator'], 'Roles that may send in a room with the mode `members_only`.'),
    review_ttl_ms: compared(ms(86_400_000, 'How long a held message waits for review before it is dropped.'), ['edge', 'api']),
    review_cap: count(10_000, 'Maximum number of messages waiting for review; more are refused.'),
    hook: Type.Object(
      {
        url: Type.String({ sensitive: true, default: '', description: 'URL called before a message of a viewer is accepted; empty disables the hook.' }),
        secret: Type.String({
          default: '',
          secret: true,
          env: 'DANMUX_HOOK_SECRET',
          description: 'Secret (whsec_…) that signs requests to the hook as Standard Webhooks.',
        }),
        types: strings(['chat'], 'Message types for which the hook is called.'),
        timeout_ms: ms(300, 'A reply after this time is ignored, and on_failure decides.'),
        concurrency: count(200, 'Concurrent requests of one edge to the hook; for further messages on_failure decides.'),
        on_failure: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_.-]{0,31}$' }), Type.Union([Type.Literal('pass'), Type.Literal('block')]), {
          default: {},
          description: 'Decision by message type when the hook does not answer: `pass` (default) or `block`.',
        }),
      },
      strict,
    ),
  },
  { ...strict, compared: ['edge'] },
);
