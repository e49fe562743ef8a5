// Signs and verifies viewer tokens: JWTs signed with HS256 by the backend or by POST /v1/tokens. Only HS256 is accepted, `exp` is
// required, and the key is always viewer.token_secret, never a key named by the token.
import { DanmuxError, type TokenClaims } from '@danmux/protocol';
import { type JWTPayload, errors as joseErrors, jwtVerify, SignJWT } from 'jose';
import type { Config } from './config/schema.ts';
import { toJson } from './json.ts';

type ViewerConfig = Pick<Config['viewer'], 'token_secret' | 'token_issuer' | 'token_audience'>;

/** Signs a token that expires `ttlS` seconds after `now` (milliseconds since 1970). `expiresAt` is in milliseconds since 1970. */
export async function signViewerToken(
  config: ViewerConfig,
  claims: Omit<TokenClaims, 'exp'>,
  ttlS: number,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const issued = Math.floor(now / 1_000);
  const jwt = new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(issued)
    .setExpirationTime(issued + ttlS);
  if (config.token_issuer) jwt.setIssuer(config.token_issuer);
  if (config.token_audience) jwt.setAudience(config.token_audience);
  return { token: await jwt.sign(secretBytes(config)), expiresAt: (issued + ttlS) * 1_000 };
}

/** Returns the claims of a valid token; throws `token_invalid` or `token_expired`. */
export async function verifyViewerToken(config: ViewerConfig, token: string, now: number): Promise<TokenClaims> {
  const options = {
    algorithms: ['HS256'],
    requiredClaims: ['sub', 'exp'],
    currentDate: new Date(now),
    ...(config.token_issuer ? { issuer: config.token_issuer } : {}),
    ...(config.token_audience ? { audience: config.token_audience } : {}),
  };
  try {
    const { payload } = await jwtVerify(token, secretBytes(config), options);
    // Claims such as names are later sent to other viewers as JSON, so lone surrogates are replaced here.
    return checkClaims(JSON.parse(toJson(payload)) as JWTPayload);
  } catch (error) {
    if (error instanceof DanmuxError) throw error;
    if (error instanceof joseErrors.JWTExpired) throw new DanmuxError('token_expired', { cause: error });
    throw new DanmuxError('token_invalid', { cause: error });
  }
}

function checkClaims(payload: JWTPayload): TokenClaims {
  const { sub, exp, name, avatar, level, roles, rooms, device, own, send } = payload;
  const good =
    typeof sub === 'string' &&
    sub.length > 0 &&
    sub.length <= 128 &&
    typeof exp === 'number' &&
    optionalText(name) &&
    optionalText(avatar) &&
    optionalText(device) &&
    (level === undefined || Number.isSafeInteger(level)) &&
    optionalTexts(roles) &&
    optionalTexts(rooms) &&
    optionalFlag(own) &&
    optionalFlag(send);
  if (!good) throw new DanmuxError('token_invalid', { message: 'A claim of the viewer token has the wrong type or is too long.' });
  return payload as unknown as TokenClaims;
}

const optionalFlag = (value: unknown) => value === undefined || typeof value === 'boolean';
const optionalText = (value: unknown) => value === undefined || (typeof value === 'string' && value.length <= 512);
const optionalTexts = (value: unknown) => value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string'));

function secretBytes(config: ViewerConfig): Uint8Array {
  return new TextEncoder().encode(config.token_secret);
}
