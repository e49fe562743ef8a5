// Which chat messages of a tick are sent when not all can be: each sender's first before anybody's second, new text before
// text that was said already, then by rank (level and role). Never simply the newest or the oldest.
import { fnv1a, type Pending } from '@danmux/bus';

interface Candidate {
  readonly publication: Pending;
  /** How many the sender has before this one in the tick. */
  readonly nth: number;
  readonly repeated: boolean;
  readonly rank: number;
  /** Orders what is equal without favouring anybody. */
  readonly lot: number;
}

/** `kept` is in the order of acceptance. */
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
    // Nobody is no sender: what comes without one is not held against the others.
    if (sender !== '') bySender.set(sender, nth + 1);
    const repeated = weight !== undefined && contents.has(weight.content);
    if (weight) contents.add(weight.content);
    return { publication, nth: sender === '' ? 0 : nth, repeated, rank: weight?.rank ?? 0, lot: lotOf(entry) };
  });
}

function byWorth(a: Candidate, b: Candidate): number {
  return a.nth - b.nth || Number(a.repeated) - Number(b.repeated) || b.rank - a.rank || a.lot - b.lot;
}

/** The same for the same entry, so that a tick that is read again decides alike. */
function lotOf(entry: string): number {
  const hash = fnv1a(entry);
  return (hash ^ (hash >>> 15)) >>> 0;
}
