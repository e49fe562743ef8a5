// Tells a repeated job from another job with the same id, by the digest in the data of both.
import { DanmuxError } from '@danmux/protocol';

/** Throws `duplicate_id` when both jobs have a digest and the digests differ. A job added by an older version has none and counts as equal. */
export function checkDistinct(known: object, added: object): void {
  const [first, second] = [known, added].map((data) => (data as { readonly digest?: string }).digest);
  if (first !== undefined && second !== undefined && first !== second) throw new DanmuxError('duplicate_id');
}
