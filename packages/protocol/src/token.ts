// The claims of a viewer token (a JWT) and the identity they stand for. Signing and checking happen on the servers; this
// file only holds the words both sides share.

export interface TokenClaims {
  /** The user's id. */
  readonly sub: string;
  /** Seconds since 1970. */
  readonly exp: number;
  readonly name?: string;
  readonly avatar?: string;
  readonly level?: number;
  readonly roles?: readonly string[];
  /** Exact room names, or prefixes that end in `*`; absent allows every room. */
  readonly rooms?: readonly string[];
  readonly device?: string;
  /** False: messages for the user itself (`@me`) are not for the bearer; so with tokens that a key for some rooms signed. */
  readonly own?: boolean;
  /** False: the bearer may watch but not send, as a guest; for screens that others see (OBS). */
  readonly send?: boolean;
}
