// Two dialogs. The first mutes, bans or kicks a user: it describes the effect, asks for duration and reason, and applies the sanction. The second
// lifts a mute or ban.
import { change, pathOf } from '../call.ts';
import { type Answers, ask, type Field } from '../parts/dialog.ts';
import { perform } from '../parts/results.ts';
import { texts } from '../texts/texts.ts';

export type SanctionKind = 'mute' | 'ban' | 'kick';
interface User {
  readonly id: string;
  readonly name?: string;
}

const minute = 60_000;
const durations: readonly (readonly [value: string, label: string])[] = [1, 10, 60, 1_440, 10_080].map((minutes) => [
  String(minutes * minute),
  texts.durations[minutes] ?? '',
]);

/** Resolves with true when the sanction was applied. Without `room` it applies to every room. */
export async function sanction(kind: SanctionKind, { id, name }: User, room?: string): Promise<boolean> {
  const phrases = texts.sanctions[kind];
  const place = room ?? texts.everyRoom;
  const userLabel = name && name !== id ? `${name} (${id})` : id;
  const answers = await ask({ title: phrases.title, text: phrases.text(userLabel, place), button: phrases.button, fields: fieldsOf(kind) });
  if (!answers) return false;
  return (await perform(phrases.done(id, place), () => send(kind, id, room, answers))) !== null;
}

/** Asks for confirmation and lifts a mute or ban. Resolves with true when it was lifted. */
export async function lift(kind: 'mute' | 'ban', user: string, room?: string): Promise<boolean> {
  const phrases = texts.sanctions[kind];
  const place = room ?? texts.everyRoom;
  if (!(await ask({ title: phrases.liftTitle, text: phrases.liftText(user, place), button: texts.lift, danger: false }))) return false;
  const path = room === undefined ? pathOf`/v1/${`${kind}s`}/${user}` : pathOf`/v1/rooms/${room}/${`${kind}s`}/${user}`;
  return (await perform(phrases.lifted(user, place), () => change('DELETE', path))) !== null;
}

function send(kind: SanctionKind, user: string, room: string | undefined, { time = '', reason = '', recall = '' }: Answers) {
  const reasonField = reason.trim() ? { reason: reason.trim() } : {};
  const ms = Number(time);
  if (kind === 'kick') {
    const body = { ...reasonField, ...(ms > 0 ? { ban_ms: ms } : {}) };
    return room === undefined ? change('POST', pathOf`/v1/users/${user}/kick`, body) : change('POST', pathOf`/v1/rooms/${room}/kick`, { user, ...body });
  }
  const path = room === undefined ? pathOf`/v1/${`${kind}s`}/${user}` : pathOf`/v1/rooms/${room}/${`${kind}s`}/${user}`;
  return change('PUT', path, { ...reasonField, ...(ms > 0 ? { for_ms: ms } : {}), ...(recall === 'yes' ? { recall: true } : {}) });
}

function fieldsOf(kind: SanctionKind): readonly Field[] {
  const time =
    kind === 'kick'
      ? { name: 'time', label: texts.banBesides, value: '0', options: [['0', texts.noBan] as const, ...durations] }
      : { name: 'time', label: texts.howLong, value: String(10 * minute), options: [...durations, ['0', texts.untilLifted] as const] };
  const recall: Field = {
    name: 'recall',
    label: texts.banRecalls,
    options: [
      ['', texts.keepMessages],
      ['yes', texts.recallMessages],
    ],
  };
  return [time, { name: 'reason', label: texts.reason }, ...(kind === 'ban' ? [recall] : [])];
}
