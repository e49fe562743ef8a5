// What a message says, as one short text: the same for what readers would call the same, however it is written.
import { fnv1a } from '@danmux/bus';
import { toJson } from '@danmux/runtime';

/** Of the data of a message. Width, case, spaces and what cannot be seen make no difference. */
export function fingerprintOf(data: unknown): string {
  const said = toJson(data ?? null)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\\[nrt]|[\s\p{Cf}]/gu, '');
  return `${said.length}:${fnv1a(said)}`;
}
