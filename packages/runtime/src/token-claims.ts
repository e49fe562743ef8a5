// Reads the claims of a viewer token after its signature was verified elsewhere. Integers in text claims become text, and null counts as absent. A
// claim that is missing, wrong or too far ahead is refused, and the error names the claim.
import { DanmuxError, limits, type TokenClaims } from '@danmux/protocol';
import type { Config } from './config/schema.ts';
import { toJson } from './json.ts';

/** The settings that decide which claims are valid. */
export type ClaimRules = Pick<Config['viewer'], 'token_issuer' | 'token_audience' | 'token_leeway_s' | 'token_max_ttl_s'>;

/** Characters of `name`, `avatar`, `device` and `session`. */
const longestText = 512;
/** Smallest number that is taken for milliseconds: seconds since 1970 reach it in the year 5138, and milliseconds exceeded it in 1973. */
const leastMs = 100_000_000_000;

type Payload = Readonly<Record<string, unknown>>;
type Read = (claim: string, value: unknown) => unknown;

const readers: Readonly<Record<string, Read>> = {
  sub: (claim, value) => textOf(claim, value, limits.userId),
  iss: (claim, value) => textOf(claim, value, longestText),
  name: (claim, value) => textOf(claim, value, longestText),
  avatar: (claim, value) => textOf(claim, value, longestText),
  device: (claim, value) => textOf(claim, value, longestText),
  session: (claim, value) => textOf(claim, value, longestText),
  watch_key: (claim, value) => textOf(claim, value, longestText),
  level: integerOf,
  roles: textsOf,
  rooms: textsOf,
  own: flagOf,
  send: flagOf,
};

/** Returns the claims; throws `token_invalid`, `token_claim_invalid`, `token_expired` or `token_not_yet_valid`. `now`: milliseconds since 1970. */
export function claimsOf(payload: unknown, rules: ClaimRules, now: number): TokenClaims {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new DanmuxError('token_invalid', { message: 'The content of the viewer token is not a JSON object.' });
  }
  const claims: Record<string, unknown> = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null));
  for (const [claim, read] of Object.entries(readers)) if (Object.hasOwn(claims, claim)) claims[claim] = read(claim, claims[claim]);
  if (!claims['sub']) throw refused('sub', 'is missing or empty; set it to the id of the user');
  checkOrigin(claims, rules);
  checkTimes(claims, rules, now);
  // Names are later sent to other viewers as JSON, so lone surrogates are replaced here.
  return JSON.parse(toJson(claims)) as TokenClaims;
}

function checkOrigin({ iss, aud }: Payload, { token_issuer: issuer, token_audience: audience }: ClaimRules): void {
  if (issuer && iss !== issuer) throw refused('iss', 'differs from viewer.token_issuer');
  if (audience && aud !== audience && !(Array.isArray(aud) && aud.includes(audience))) throw refused('aud', 'does not contain viewer.token_audience');
}

function checkTimes({ exp, nbf }: Payload, { token_leeway_s: leewayS, token_max_ttl_s: maxTtlS }: ClaimRules, now: number): void {
  const seconds = now / 1_000;
  const ends = secondsOf('exp', exp);
  if (ends === undefined) throw refused('exp', 'is missing; set it to the end of the token in seconds since 1970');
  if (ends <= seconds - leewayS) throw new DanmuxError('token_expired');
  if (ends > seconds + maxTtlS + leewayS) throw refused('exp', `is more than ${maxTtlS} s ahead (viewer.token_max_ttl_s); sign tokens that last no longer`);
  const begins = secondsOf('nbf', nbf);
  if (begins !== undefined && begins > seconds + leewayS) {
    throw new DanmuxError('token_not_yet_valid', { retryAfterMs: Math.ceil((begins - leewayS) * 1_000 - now) });
  }
}

function secondsOf(claim: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw refused(claim, 'is not a number of seconds since 1970');
  if (value >= leastMs) throw refused(claim, 'is too large and is probably in milliseconds; give seconds since 1970');
  return value;
}

function textOf(claim: string, value: unknown, most = Number.POSITIVE_INFINITY): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw refused(claim, 'is a number that JSON cannot carry exactly; send it as text');
  if (typeof value !== 'string' && typeof value !== 'number') throw refused(claim, 'is neither text nor an integer');
  const text = String(value);
  if (text.length > most) throw refused(claim, `has more than ${most} characters`);
  return text;
}

/** Reads a list of texts. A single text becomes a list with one item. */
function textsOf(claim: string, value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((item) => textOf(claim, item));
}

function integerOf(claim: string, value: unknown): number {
  if (!Number.isSafeInteger(value)) throw refused(claim, 'is not an integer');
  return value as number;
}

function flagOf(claim: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw refused(claim, 'is neither true nor false');
  return value;
}

function refused(claim: string, problem: string): DanmuxError {
  return new DanmuxError('token_claim_invalid', { message: `The claim ${claim} of the viewer token ${problem}.` });
}
