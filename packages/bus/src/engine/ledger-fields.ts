// Converts ledger counts to flat counters (`accepted:gift`, `shed:chat:ingress_full`) and back. Both engines store
// the ledger and the traffic of rooms as such counters.
import { byLane, isLane } from '@danmux/protocol';
import type { LedgerCounts, LedgerTotals } from '../contract/ledger.ts';

/** Returns the names of counters with the amount to add to each; leaves out zero amounts. */
export function countsOf({ accepted = {}, sequenced = {}, shed = {} }: LedgerCounts): [field: string, count: number][] {
  const plain = Object.entries({ accepted, sequenced }).flatMap(([kind, lanes]) =>
    Object.entries(lanes).map(([lane, count]): [string, number] => [`${kind}:${lane}`, count]),
  );
  const reasons = Object.entries(shed).flatMap(([lane, byReason]) =>
    Object.entries(byReason).map(([reason, count]): [string, number] => [`shed:${lane}:${reason}`, count]),
  );
  return [...plain, ...reasons].filter(([, count]) => count !== 0);
}

/** Sums several sets of counters. Leaves out a shed reason whose sum is 0. */
export function totalsOf(parts: readonly Readonly<Record<string, string | number>>[]): LedgerTotals {
  const ledger: LedgerTotals = { accepted: byLane(() => 0), sequenced: byLane(() => 0), shed: byLane(() => ({})) };
  for (const part of parts) {
    for (const [field, count] of Object.entries(part)) add(ledger, field.split(':'), Number(count));
  }
  return ledger;
}

function add(ledger: LedgerTotals, [kind, lane = '', reason = '']: string[], count: number): void {
  if (!isLane(lane) || count === 0) return;
  if (kind === 'accepted' || kind === 'sequenced') ledger[kind][lane] += count;
  if (kind !== 'shed') return;
  const sum = (ledger.shed[lane][reason] ?? 0) + count;
  if (sum === 0) delete ledger.shed[lane][reason];
  else ledger.shed[lane][reason] = sum;
}
