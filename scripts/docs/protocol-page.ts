// Writes the tables of docs/protocol.md from the tables and schemas of the protocol; the rest of the page is written by hand.
import { readFileSync } from 'node:fs';
import { anyEventErrors, closings, connectErrors, type ErrorCode, errors, gapReasons, lanes, notices, serverEvents, viewerEvents } from '@danmux/protocol';
import { viewerSchemas } from '@danmux/protocol/schemas';
import { settings } from '@danmux/runtime';
import { cell, table } from './markdown-table.ts';
import { withPart } from './marked-parts.ts';

/** The limits that apply to viewers. */
const viewerLimits = [
  ...(['roomName', 'roomsPerConnection', 'id', 'typeName', 'userId', 'viewerData', 'packet', 'receiptIds', 'historyPage', 'membersPage'] as const),
  ...(['cursor', 'recovery'] as const),
];
/** The settings that change what a viewer sees. */
const viewerSettings = [
  'edge.ping_interval_ms',
  'edge.ping_timeout_ms',
  'edge.connect_timeout_ms',
  'edge.frame_bytes',
  'edge.outbox_bytes',
  'edge.send_per_minute',
  'edge.send_burst',
  'edge.room_send_per_second',
  'edge.drain_ms',
  'relay.chat_per_second',
  'messages.dedupe_chat_ms',
  'receipts.timeout_ms',
];

const code = (text: string) => `\`${cell(text)}\``;
const sourceOf = (file: string) => readFileSync(new URL(`../../packages/protocol/src/${file}`, import.meta.url), 'utf8');

/** Returns `page` with its tables up to date. */
export function protocolPage(page: string = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')): string {
  return Object.entries(parts()).reduce((text, [name, part]) => withPart(text, name, part), page);
}

function parts(): Record<string, string> {
  return {
    'connect errors': errorsTable(connectErrors),
    'viewer events': `${requestsTable()}\nEvery event may also be answered with ${anyEventErrors.map(code).join(', ')}.\n`,
    'server events': table(
      ['event', 'tells'],
      Object.entries(serverEvents).map(([event, text]) => [code(event), cell(text)]),
    ),
    lanes: lanesTable(),
    gaps: table(
      ['reason', 'by', 'meaning'],
      Object.entries(gapReasons).map(([reason, { by, text }]) => [code(reason), by === 'sdk' ? 'the SDK' : 'an edge', cell(text)]),
    ),
    closings: table(
      ['reason', 'ends by', 'reconnect', 'meaning'],
      Object.entries(closings).map(([reason, { by, reconnect, text }]) => [code(reason), by, yesNo(reconnect), cell(text)]),
    ),
    notices: table(
      ['code', 'ends the room or connection', 'meaning'],
      Object.entries(notices).map(([name, { ends, text }]) => [code(name), yesNo(ends), cell(text)]),
    ),
    limits: limitsTable(),
    settings: settingsTable(),
    errors: errorsTable([...new Set([...Object.values(viewerEvents).flatMap((event) => event.errors), ...anyEventErrors, ...connectErrors])]),
  };
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no');

function errorsTable(codes: readonly ErrorCode[]): string {
  const sorted = Object.keys(errors).filter((name): name is ErrorCode => codes.includes(name as ErrorCode));
  return table(
    ['code', 'again', 'meaning'],
    sorted.map((name) => [code(name), yesNo(errors[name].retryable), cell(errors[name].text)]),
  );
}

function requestsTable(): string {
  const rows = Object.entries(viewerEvents).map(([event, { text, errors: codes }]) => [
    code(event),
    cell(requestOf(viewerSchemas[event as keyof typeof viewerSchemas])),
    cell(text),
    codes.map(code).join(', '),
  ]);
  return table(['request', 'payload', 'does', 'errors'], rows);
}

interface Described {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly const?: string;
  readonly anyOf?: readonly Described[];
  readonly items?: Described;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Described>>;
}

function requestOf(schema: object): string {
  const { properties = {}, required = [] } = schema as Described;
  return Object.entries(properties)
    .map(([name, field]) => `\`${name}\`${required.includes(name) ? '' : '?'}: ${name === 'room' ? 'text' : formOf(field)}`)
    .join('; ');
}

/** Describes the type of one field. */
function formOf(field: Described): string {
  const { type, minimum, maximum, maxLength, maxItems, pattern, anyOf, items, properties } = field;
  if (anyOf) return anyOf.map(({ const: value }) => `\`${value}\``).join(' or ');
  if (items) return `1 to ${maxItems} of ${formOf(items)}`;
  if (properties) return `\`{${shapeOf(field)}}\``;
  if (type === 'integer')
    return `integer${minimum === undefined ? '' : maximum === Number.MAX_SAFE_INTEGER ? ` from ${minimum}` : `, ${minimum} to ${maximum}`}`;
  if (type === 'string') return `text, 1 to ${maxLength} ${pattern === '^[\\x21-\\x7e]+$' ? 'visible ASCII ' : ''}characters`;
  return 'any JSON';
}

function shapeOf({ properties = {}, required = [] }: Described): string {
  return Object.entries(properties)
    .map(([name, field]) => `${name}${required.includes(name) ? '' : '?'}${field.properties ? `: {${shapeOf(field)}}` : ''}`)
    .join(', ');
}

function lanesTable(): string {
  const rows = Object.entries(lanes).map(([name, { order, guaranteed, history }]) => [
    code(name),
    String(order),
    guaranteed ? 'every viewer, once in effect, in order' : 'at most once, in order',
    history ? `${history.size} messages, for ${history.ttlS / 3_600} h after the last` : 'none',
  ]);
  return table(['lane', 'order', 'guarantee', 'history of a room'], rows);
}

/** Reads name, value and comment of each limit from the source. */
export function limitRows(source: string = sourceOf('limits.ts')): { name: string; value: number; text: string }[] {
  let text = '';
  const rows: { name: string; value: number; text: string }[] = [];
  for (const line of source.split('\n')) {
    const comment = /^ {2}\/\*\* (.*) \*\/$/.exec(line);
    const row = /^ {2}(\w+): ([\d_]+),$/.exec(line);
    if (comment) text = comment[1] ?? '';
    if (row) rows.push({ name: row[1] ?? '', value: Number(row[2]?.replaceAll('_', '')), text });
  }
  return rows;
}

function limitsTable(): string {
  const rows = limitRows();
  const shown = viewerLimits.map((name) => {
    const row = rows.find((one) => one.name === name);
    if (!row) throw new Error(`limits.ts has no comment on ${name}`);
    return [row.value.toLocaleString('en'), cell(row.text)];
  });
  return table(['at most', 'of'], shown);
}

function settingsTable(): string {
  const rows = viewerSettings.map((path) => {
    const setting = settings.find((one) => one.path === path);
    if (!setting) throw new Error(`there is no setting ${path}`);
    const { default: value, unit, description } = setting.schema as { default?: number; unit?: string; description?: string };
    return [code(path), `${value?.toLocaleString('en')} ${unit ?? ''}`.trim(), cell(description ?? '')];
  });
  return table(['setting', 'default', 'meaning'], rows);
}
