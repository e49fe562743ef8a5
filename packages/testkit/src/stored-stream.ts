// Reads the stream of a room and lane page by page through the history API and checks it. Viewers recover from this stream, so a gap or
// duplicate in it affects everyone.
import type { Msg, StreamLane } from '@danmux/protocol';
import type { Backend } from './backend.ts';

const pageSize = 200;

/** All stored messages, lowest offset first. */
export async function readStream(backend: Backend, room: string, lane: StreamLane): Promise<Msg[]> {
  const msgs: Msg[] = [];
  for (let before = ''; ; before = `&before=${msgs[0]?.offset}`) {
    const { status, body } = await backend.get(`/v1/rooms/${room}/history?lane=${lane}&limit=${pageSize}${before}`);
    if (status !== 200) throw new Error(`history of ${room} answers ${status} ${JSON.stringify(body)}`);
    const page = body as { msgs: Msg[]; more: boolean };
    msgs.unshift(...page.msgs);
    if (!page.more || page.msgs.length === 0) return msgs;
  }
}

/** Throws unless offsets are consecutive, ids are unique, and all of `ids` are stored; returns the stored ids. */
export async function streamMustHold(backend: Backend, room: string, lane: StreamLane, ids: readonly string[]): Promise<string[]> {
  const msgs = await readStream(backend, room, lane);
  const wrong = msgs.findIndex(({ offset }, index) => index > 0 && offset !== (msgs[index - 1]?.offset ?? 0) + 1);
  if (wrong > 0) throw new Error(`${room} ${lane}: offset ${msgs[wrong]?.offset} follows ${msgs[wrong - 1]?.offset}`);
  const kept = msgs.map(({ id }) => id);
  const unique = new Set(kept);
  if (unique.size < kept.length) throw new Error(`${room} ${lane}: ${kept.length - unique.size} messages are stored twice`);
  const missing = ids.filter((id) => !unique.has(id));
  if (missing.length > 0) throw new Error(`${room} ${lane}: ${missing.length} acknowledged messages are not stored: ${missing.slice(0, 5)}`);
  return kept;
}
