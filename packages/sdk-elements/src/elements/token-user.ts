// Reads the user from the payload of a viewer token. It does not verify the signature, which is up to the edge; here the user only serves to
// recognize the viewer's own messages and to predict whether the viewer may send.

export interface TokenUser {
  readonly id: string;
  readonly name?: string;
  readonly level: number;
  readonly roles: readonly string[];
}

/** Returns undefined for a malformed token. */
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
    // A malformed token is not reported here. The edge refuses it with a more precise error.
    return undefined;
  }
}
