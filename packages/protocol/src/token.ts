// The claims of a viewer token (a JWT). Signing and verification are in the runtime package.

/** Claims of a viewer token; `sub` and `exp` are required. */
export interface TokenClaims {
  /** The user's id. */
  readonly sub: string;
  /** Expiry, seconds since 1970; at most viewer.token_max_ttl_s ahead. */
  readonly exp: number;
  readonly name?: string;
  readonly avatar?: string;
  readonly level?: number;
  readonly roles?: readonly string[];
  /** Exact room names, or prefixes that end in `*`; absent allows every room. */
  readonly rooms?: readonly string[];
  readonly device?: string;
  /** Id of the login; POST /v1/tokens does not set it. */
  readonly session?: string;
  readonly iss?: string;
  /** The watch key with which the token was made. The token is refused when that key was deleted or rotated, or has expired. */
  readonly watch_key?: string;
  /** False: the bearer may not join `@me`. POST /v1/tokens sets it to false when the API key is restricted to some rooms. */
  readonly own?: boolean;
  /** False: the bearer may watch but not send, like a guest. Use it for public displays such as an OBS overlay. */
  readonly send?: boolean;
}
