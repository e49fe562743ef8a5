// Reads when a viewer token ends. It does not verify the signature, which is up to the edge. Mini-programs have no `atob`, so base64url is
// decoded here.

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** `exp` of the token in milliseconds since 1970; undefined for text that is no JWT or has no `exp`. */
export function endOf(token: string): number | undefined {
  try {
    const { exp } = JSON.parse(latin1Of(token.split('.')[1] ?? '')) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1_000 : undefined;
  } catch {
    // A malformed token is not reported here. The edge refuses it with a more precise error.
    return undefined;
  }
}

/** Each byte as one character: names become unreadable, but the JSON and its numbers stay as they are. */
function latin1Of(base64url: string): string {
  let text = '';
  let value = 0;
  let bits = 0;
  for (const digit of base64url) {
    value = ((value << 6) | digits.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    text += String.fromCharCode((value >> bits) & 0xff);
  }
  return text;
}
