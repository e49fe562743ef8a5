// Settings of viewer authentication.
import { Type } from 'typebox';
import { everyRole, strict } from '../fields.ts';

/** Algorithms of tokens that are signed with a private key. */
const publicAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'EdDSA'] as const;

const tokenKey = Type.Object(
  {
    /** The only algorithm that the key verifies. */
    alg: Type.Unsafe<(typeof publicAlgorithms)[number]>(Type.Union(publicAlgorithms.map((alg) => Type.Literal(alg)))),
    /** The `kid` of tokens; absent: the key is tried for every token of its algorithm. */
    kid: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    /** A public key or a certificate. */
    pem: Type.Optional(Type.String({ maxLength: 16_384 })),
    jwk: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  strict,
);

export const viewer = Type.Object(
  {
    token_secret: Type.String({
      compared: everyRole,
      default: '',
      env: 'DANMUX_TOKEN_SECRET',
      secret: true,
      description:
        'Secret that signs viewer tokens (HS256, HS384 or HS512), at least 32 characters. Generated at the first start in development; required in production.',
    }),
    token_keys: Type.Array(tokenKey, {
      default: [],
      description:
        'Public keys of backends that sign viewer tokens with a private key. Fields: `alg` (RS256, RS384, RS512, PS256, PS384, PS512, ES256 or EdDSA), the only algorithm that the key verifies; `pem` or `jwk`; `kid` (optional). RSA keys have at least 2,048 bits. Set viewer.token_audience when the same keys sign tokens of other services.',
    }),
    token_jwks_url: Type.String({
      sensitive: true,
      default: '',
      env: 'DANMUX_TOKEN_JWKS_URL',
      pattern: '^(https://.+)?$',
      description:
        'https URL of a JWK set with further public keys for viewer tokens. Fetched at most every 30 s, cached for 10 minutes, and used for an hour while the URL does not answer. Its address must be public or in webhooks.allow_addresses.',
    }),
    allow_guests: Type.Boolean({
      compared: ['edge'],
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
  { ...strict, compared: ['edge', 'api'] },
);
