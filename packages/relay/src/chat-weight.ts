// Selects the chat messages of a tick that fit the budget: the first of each sender before the second of any, new text before repeated
// text, then by rank (level and role). Age does not count.
import { fnv1a, type Pending } from '@danmux/bus';

interface Candidate {
  readonly publication: Pending;
  /** Number of earlier messages of the same sender in this tick. */
  readonly nth: number;
  readonly repeated: boolean;
  readonly rank: number;
  /** Pseudo-random number that orders messages of equal weight. */
  readonly lot: number;
}

/** Returns `kept` and `shed`; `kept` is in the order of acceptance. */
export function selectByWeight(waiting: readonly Pending[], allowed: number): { kept: Pending[]; shed: Pending[] } {
  const chosen = new Set(
    candidatesOf(waiting)
      .sort(byWorth)
      .slice(0, allowed)
      .map(({ publication }) => publication),
  );
  return { kept: waiting.filter((publication) => chosen.has(publication)), shed: waiting.filter((publication) => !chosen.has(publication)) };
}

function candidatesOf(waiting: readonly Pending[]): Candidate[] {
  const bySender = new Map<string, number>();
  const contents = new Set<number>();
  return waiting.map((publication) => {
    const { weight, entry } = publication;
    const sender = weight?.sender ?? '';
    const nth = bySender.get(sender) ?? 0;
    // Messages without a sender are not counted as messages of the same sender.
    if (sender !== '') bySender.set(sender, nth + 1);
    const repeated = weight !== undefined && contents.has(weight.content);
    if (weight) contents.add(weight.content);
    return { publication, nth: sender === '' ? 0 : nth, repeated, rank: weight?.rank ?? 0, lot: lotOf(entry) };
  });
}

function byWorth(a: Candidate, b: Candidate): number {
  return a.nth - b.nth || Number(a.repeated) - Number(b.repeated) || b.rank - a.rank || a.lot - b.lot;
}

/** Depends on the entry only, so that a tick that is processed again selects the same messages. */
function lotOf(entry: string): number {
  const hash = fnv1a(entry);
  return (hash ^ (hash >>> 15)) >>> 0;
}
