// Who a viewer token is for, read from its middle part. Nothing is checked: the edge does that; here it only tells whose messages
// are one's own.

export interface TokenUser {
  readonly id: string;
  readonly name?: string;
  readonly level: number;
  readonly roles: readonly string[];
}

/** Undefined of what is no token. */
export function userOf(token: string): TokenUser | undefined {
  const claims = claimsOf(token);
  const { sub, name, level, roles } = claims ?? {};
  if (typeof sub !== 'string') return undefined;
  return {
    id: sub,
    ...(typeof name === 'string' ? { name } : {}),
    level: typeof level === 'number' ? level : 0,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
  };
}

function claimsOf(token: string): Record<string, unknown> | undefined {
  const middle = token.split('.')[1] ?? '';
  try {
    const bytes = Uint8Array.from(atob(middle.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    // The edge says so, in better words.
    return undefined;
  }
}
