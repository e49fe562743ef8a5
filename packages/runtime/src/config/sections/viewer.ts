// Settings of viewer authentication.
import { Type } from 'typebox';
import { strict } from '../fields.ts';

export const viewer = Type.Object(
  {
    token_secret: Type.String({
      default: '',
      env: 'DANMUX_TOKEN_SECRET',
      secret: true,
      description: 'Secret that signs viewer tokens (HS256, HS384 or HS512), at least 32 characters. Generated at the first start in development; required in production.',
    }),
    allow_guests: Type.Boolean({
      default: false,
      env: 'DANMUX_ALLOW_GUESTS',
      description: 'Allows viewers without a token. They may watch every room but not send.',
    }),
    token_issuer: Type.String({ default: '', description: 'Required `iss` claim of tokens; empty disables the check.' }),
    token_audience: Type.String({ default: '', description: 'Required `aud` claim of tokens; empty disables the check.' }),
    token_leeway_s: Type.Integer({
      minimum: 0,
      maximum: 300,
      default: 10,
      unit: 's',
      description:
        'Tolerated difference between the clocks of the backend and of danmux: a token is valid this long before its `nbf` and after its `exp`. Raise it only when the backend has no synchronised clock.',
    }),
    token_max_ttl_s: Type.Integer({
      minimum: 1,
      maximum: 86_400,
      default: 86_400,
      unit: 's',
      description: 'Longest time that `exp` of a token may be ahead. Tokens cannot be revoked, so lower it where a stolen token must end sooner.',
    }),
  },
  strict,
);
