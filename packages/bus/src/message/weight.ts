// What a message is weighed by when not all can be sent, taken from it once, where it is accepted.
import type { From } from '@danmux/protocol';
import type { Weight } from '../contract/ingress.ts';
import { fnv1a } from '../fnv.ts';

/** Longer texts that differ only after so many characters count as the same. */
const hashed = 256;

export function weightOf(from: From | undefined, data: string, roleWeights: Readonly<Record<string, number>>): Weight {
  const roles = Array.isArray(from?.['roles']) ? from['roles'] : [];
  const rank = roles.reduce<number>((sum, role) => sum + (roleWeights[String(role)] ?? 0), levelOf(from));
  return { sender: from?.id ?? '', rank, content: fnv1a(data, Math.min(data.length, hashed)) };
}

function levelOf(from: From | undefined): number {
  return typeof from?.level === 'number' && Number.isFinite(from.level) ? from.level : 0;
}

/** As one field of an ingress entry; a sender may contain anything, so it comes last. */
export function encodeWeight({ sender, rank, content }: Weight): string {
  return `${rank} ${content} ${sender}`;
}

export function decodeWeight(text: string): Weight {
  const [, rank = '0', content = '0', sender = ''] = /^(\S+) (\S+) (.*)$/s.exec(text) ?? [];
  return { sender, rank: Number(rank), content: Number(content) };
}
