// Builds the commit of a batch from a room's queue: assigns offsets and encodes the frame once for the whole cluster. The bus then
// stores, counts and publishes it; this file sends nothing.
import {
  type Commit,
  type FrameHead,
  type Heads,
  isTraced,
  isUserRoom,
  type Lease,
  type LedgerCounts,
  numberedMessage,
  type Pending,
  positionsIn,
  withPositions,
} from '@danmux/bus';
import { isStreamLane, type Lane, laneNames, type StreamLane } from '@danmux/protocol';
import type { Waiting } from './combos.ts';
import { LateMessages } from './late-messages.ts';
import type { Batch, Dropped, Taken } from './room-queue.ts';
import { sentEvents } from './sent-events.ts';

export interface BuiltCommit {
  readonly commit: Commit;
  /** The heads after the commit. */
  readonly heads: Heads;
}

/** Maximum number of shed messages per frame that are still sent to their senders. */
const senderOnlyMessages = 50;

/**
 * `logAt` is the time of the `message.sent` events in milliseconds since 1970; undefined when nothing consumes them. `late` are the messages of the
 * room that were committed lately.
 */
export function buildCommit(room: string, taken: Taken, heads: Heads, lease: Lease, logAt?: number, late = new LateMessages()): BuiltCommit {
  const { batch, dropped, shed } = taken;
  const offsets: Record<StreamLane, number> = { ...heads.offsets };
  const messages: Partial<Record<StreamLane, string[]>> = {};
  const texts: string[] = [];
  const events: string[] = [];
  const characters: Partial<Record<Lane, number>> = {};
  for (const [lane, publications] of inOrder(batch)) {
    const encoded = publications.map((publication) => numberedMessage(completed(publication, heads, late), isStreamLane(lane) ? ++offsets[lane] : undefined));
    if (isStreamLane(lane)) messages[lane] = encoded;
    if (logAt !== undefined) events.push(...sentEvents(room, lane, publications, encoded, heads, logAt));
    const text = encoded.join(',');
    texts.push(text);
    characters[lane] = text.length;
  }
  const senderOnly = senderOnlyOf(dropped);
  const head: FrameHead = {
    room,
    epoch: heads.epoch,
    ranges: rangesOf(batch, heads, offsets),
    counts: countsOf(batch),
    characters,
    traces: tracesOf(batch),
    ...(shed ? { shed } : {}),
    ...(senderOnly.length > 0 ? { senderOnly } : {}),
    ...marksOf(room, batch),
  };
  const says = texts.length > 0 || shed !== undefined || senderOnly.length > 0;
  return {
    heads: { ...heads, offsets },
    commit: {
      room,
      lease,
      expected: heads,
      messages,
      entries: entriesOf(batch, dropped),
      frame: says ? { head, payload: `{"room":${JSON.stringify(room)},"msgs":[${texts.join(',')}]}` } : null,
      counts: { sequenced: countsOf(batch), ...shedOf(dropped) },
      ...(events.length > 0 ? { events } : {}),
    },
  };
}

/** Returns a bulk recall with its last recalled positions, which are those at its acceptance. Returns any other message unchanged. */
function completed(publication: Waiting, heads: Heads, late: LateMessages): Waiting {
  const scope = publication.marks?.recall_of;
  if (!scope) return publication;
  const positions = late.recallPositions(publication, scope, positionsIn(publication.body), heads);
  return { ...publication, body: withPositions(publication.body, positions) };
}

/** Recipients, messages with receipts, and recalls: the fields of the head that save edges from parsing the payload. */
function marksOf(room: string, batch: Batch): Pick<FrameHead, 'receipts' | 'recalls' | 'to'> {
  const all = inOrder(batch).flatMap(([, publications]) => publications);
  const receipts = all.filter(({ marks }) => marks?.receipt).map(({ id }) => id);
  const recalls = all.flatMap(({ marks }) => marks?.recalls ?? []);
  return {
    ...(receipts.length > 0 ? { receipts } : {}),
    ...(recalls.length > 0 ? { recalls } : {}),
    ...(isUserRoom(room) ? { to: all.map(({ marks }) => marks?.to ?? '') } : {}),
  };
}

function tracesOf(batch: Batch): FrameHead['traces'] {
  const all = inOrder(batch).flatMap(([, publications]) => publications.flatMap((one) => one.gifts ?? [one]));
  return all.filter(isTraced).map(({ id, trace }): [string, string] => [id, trace]);
}

function rangesOf(batch: Batch, heads: Heads, offsets: Heads['offsets']): FrameHead['ranges'] {
  const ranges: FrameHead['ranges'] = {};
  for (const [lane] of inOrder(batch)) if (isStreamLane(lane)) ranges[lane] = [heads.offsets[lane] + 1, offsets[lane]];
  return ranges;
}

function countsOf(batch: Batch): Partial<Record<Lane, number>> {
  return Object.fromEntries(inOrder(batch).map(([lane, publications]) => [lane, publications.length]));
}

function entriesOf(batch: Batch, dropped: readonly Dropped[]): Commit['entries'] {
  const entries: Partial<Record<Lane, string[]>> = {};
  const gone = [...inOrder(batch), ...dropped.map(({ lane, publications }): [Lane, readonly Pending[]] => [lane, publications])];
  for (const [lane, publications] of gone) {
    const known = entries[lane] ?? [];
    entries[lane] = known;
    for (const { entry } of publications) known.push(entry);
  }
  return entries;
}

function shedOf(dropped: readonly Dropped[]): Pick<LedgerCounts, 'shed'> {
  if (dropped.length === 0) return {};
  const shed: Partial<Record<Lane, Record<string, number>>> = {};
  for (const { lane, reason, publications } of dropped) shed[lane] = { ...shed[lane], [reason]: (shed[lane]?.[reason] ?? 0) + publications.length };
  return { shed };
}

/** The first `senderOnlyMessages` of the messages shed because of the budget, each with its sender, who still gets it. */
function senderOnlyOf(dropped: readonly Dropped[]): [string, string][] {
  const said = dropped.flatMap(({ reason, publications }) => (reason === 'budget' ? publications : []));
  const signed = said.flatMap((publication) => (publication.weight?.sender ? [{ publication, sender: publication.weight.sender }] : []));
  return signed.slice(0, senderOnlyMessages).map(({ publication, sender }): [string, string] => [sender, numberedMessage(publication, undefined)]);
}

function inOrder(batch: Batch): [Lane, readonly Waiting[]][] {
  return laneNames.flatMap((lane) => (batch[lane]?.length ? [[lane, batch[lane]] as [Lane, readonly Waiting[]]] : []));
}
