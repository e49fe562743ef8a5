// Decides whether two jobs with the same id are the same job or two different ones. Compares the digests in their data.
import { DanmuxError } from '@danmux/protocol';

/** Throws `duplicate_id` when both jobs have a digest and the digests differ. A job added by an older version has none and counts as equal. */
export function checkDistinct(known: object, added: object): void {
  const [first, second] = [known, added].map((data) => (data as { readonly digest?: string }).digest);
  if (first !== undefined && second !== undefined && first !== second) throw new DanmuxError('duplicate_id');
}
