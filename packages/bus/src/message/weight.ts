// Computes the weight of a message, by which a relay chooses the messages to keep when it must shed some. Computed once, on acceptance.
import type { From } from '@danmux/protocol';
import type { Weight } from '../contract/ingress.ts';
import { fnv1a } from '../fnv.ts';

/** Number of characters of the data in the content hash. Texts that are equal up to this length count as equal. */
const hashed = 256;

export function weightOf(from: From | undefined, data: string, roleWeights: Readonly<Record<string, number>>): Weight {
  const roles = Array.isArray(from?.['roles']) ? from['roles'] : [];
  const rank = roles.reduce<number>((sum, role) => sum + (roleWeights[String(role)] ?? 0), levelOf(from));
  return { sender: from?.id ?? '', rank, content: fnv1a(data, Math.min(data.length, hashed)) };
}

function levelOf(from: From | undefined): number {
  return typeof from?.level === 'number' && Number.isFinite(from.level) ? from.level : 0;
}

/** Encodes a weight as one field of an ingress entry. The sender comes last because it may contain spaces. */
export function encodeWeight({ sender, rank, content }: Weight): string {
  return `${rank} ${content} ${sender}`;
}

export function decodeWeight(text: string): Weight {
  const [, rank = '0', content = '0', sender = ''] = /^(\S+) (\S+) (.*)$/s.exec(text) ?? [];
  return { sender, rank: Number(rank), content: Number(content) };
}
