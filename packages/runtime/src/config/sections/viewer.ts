// Settings of viewer authentication.
import { Type } from 'typebox';
import { strict } from '../fields.ts';

export const viewer = Type.Object(
  {
    token_secret: Type.String({
      default: '',
      env: 'DANMUX_TOKEN_SECRET',
      secret: true,
      description: 'Secret that signs viewer tokens (HS256), at least 32 characters. Generated at the first start in development; required in production.',
    }),
    allow_guests: Type.Boolean({
      default: false,
      env: 'DANMUX_ALLOW_GUESTS',
      description: 'Allows viewers without a token. They may watch every room but not send.',
    }),
    token_issuer: Type.String({ default: '', description: 'Required `iss` claim of tokens; empty disables the check.' }),
    token_audience: Type.String({ default: '', description: 'Required `aud` claim of tokens; empty disables the check.' }),
  },
  strict,
);
