// Calls the Pusher-compatible routes of a real danmux with a server library of Pusher, while viewers are in the rooms: a row for each call. The
// libraries of npm and PyPI are in packages/api/test/pusher/pusher-libraries.test.ts.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { eventually, freePorts, startNodeProcess, TestViewer, testToken } from '@danmux/testkit';
import type { PusherSpec } from './clients.ts';
import { aligned } from './matrix-table.ts';

export interface PusherRow {
  readonly client: string;
  readonly version: string;
  readonly call: string;
  readonly due: string;
  readonly got: string;
}

interface Call {
  readonly shown: string;
  readonly call: Readonly<Record<string, unknown>>;
  /** The answer, or the begin of it when it ends with `…`. */
  readonly due: string;
}

interface Answer {
  readonly status?: string;
  readonly http?: number;
  readonly text?: string;
  /** The library refused the call before it sent anything. */
  readonly error?: string;
}

const app = { app_id: '4711', key: 'app-key', secret: 'p'.repeat(32) };
const get = (shown: string, path: string, due: string, query = {}): Call => ({ shown, call: { method: 'get', path, query }, due });
const trigger = (shown: string, channels: readonly string[], due: string, more = {}): Call => ({
  ...{ shown, call: { method: 'trigger', channels, event: 'gift', data: { gift: 'rocket' }, ...more }, due },
});
const calls: readonly Call[] = [
  trigger('trigger to live:1001', ['live:1001'], 'refused by the library'),
  trigger('trigger to live=1001 and plain', ['live=1001', 'plain'], 'SUCCESS 200 {}'),
  {
    shown: 'batch of two events',
    call: {
      method: 'batch',
      events: ['order-paid', 'gift'].map((name) => ({ channel: 'live=1001', name, data: { n: 1 } })),
    },
    due: 'SUCCESS 200 {}',
  },
  get('channels by prefix', '/channels', 'SUCCESS 200 {"channels":{"live=1001":{}}}', { filter_by_prefix: 'live=' }),
  get('users of presence-live=7', '/channels/presence-live=7/users', 'SUCCESS 200 {"users":[{"id":"bob"}]}'),
  get('users of live=1001', '/channels/live=1001/users', 'CLIENT_ERROR 400 {"error":"Only channels …'),
  { shown: 'terminate_connections', call: { method: 'post', path: '/users/bob/terminate_connections' }, due: 'SUCCESS 200 {}' },
  trigger('trigger with a wrong secret', ['live=1001'], 'AUTHENTICATION_ERROR 401 {"error":"Unauthorized…', { secret: 'x'.repeat(32) }),
  trigger('trigger to a channel that is no room', ['a,b'], 'CLIENT_ERROR 400 {"error":"\\"a,b\\" is not a valid…'),
  get('a path that does not exist', '/no-such-route', 'NOT_FOUND 404 {"error":"There is no route…'),
];

export function isDue({ due, got }: PusherRow): boolean {
  return due.endsWith('…') ? got.startsWith(due.slice(0, -1)) : got === due;
}

export function pusherTable(rows: readonly PusherRow[]): string[] {
  const lines = rows.map((row) => [row.client, row.version, row.call, row.due, row.got.slice(0, 100), isDue(row) ? 'ok' : 'BAD']);
  return aligned([['client', 'version', 'call', 'due', 'got', ''], ...lines]);
}

export async function runPusher(spec: PusherSpec): Promise<PusherRow[]> {
  const edge = await freePorts(2);
  const danmux = startNodeProcess('danmux', {
    roles: 'all',
    env: {
      DANMUX_ENGINE: 'memory',
      ...{ DANMUX_STORE_URL: 'memory:', DANMUX_EDGE_PORT: String(edge), DANMUX_API_PORT: String(edge + 1) },
      ...{ DANMUX_PUSHER_APP_ID: app.app_id, DANMUX_PUSHER_KEY: app.key, DANMUX_PUSHER_SECRET: app.secret },
    },
  });
  const viewers: TestViewer[] = [];
  const open = async (room: string, user: string) => {
    const viewer = new TestViewer({ urls: [`http://127.0.0.1:${edge}`], room, token: await testToken(user) });
    viewers.push(viewer);
    await viewer.joined();
    return viewer;
  };
  const row = (call: string, due: string, got: string): PusherRow => ({ client: spec.name, version: spec.version, call, due, got });
  try {
    await danmux.ready;
    const [ann, bob] = await Promise.all([open('live:1001', 'ann'), open('presence-live:7', 'bob')]);
    // The routes read the presence that the edge reports every second or so.
    await eventually(async () => mustBeOnline([ann, bob]), { timeoutMs: 10_000 });
    const answers = await run(spec, edge + 1);
    const arrived = () =>
      ann.msgs
        .map(({ type }) => type)
        .sort()
        .join(' ');
    const due = 'event gift gift';
    await eventually(() => mustBe(arrived(), due)).catch(() => {});
    await eventually(() => mustBe(String(bob.disconnects), '1')).catch(() => {});
    return [
      ...calls.map(({ shown, due: text }, index) => row(shown, text, shownAnswer(answers[index] ?? {}))),
      row('what the viewer of live:1001 got', due, arrived()),
      row('ends of the connection of the user', '1', String(bob.disconnects)),
    ];
  } finally {
    for (const viewer of viewers) viewer.close();
    await danmux.stop();
  }
}

async function run({ name, command, args }: PusherSpec, port: number): Promise<Answer[]> {
  const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify({ ...app, host: `127.0.0.1:${port}`, calls: calls.map(({ call }) => call) }));
  const [out, log] = await Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    return JSON.parse(out) as Answer[];
  } catch (cause) {
    throw new Error(`${name} printed no answers: ${log.slice(-2_000)}`, { cause });
  }
}

function shownAnswer({ status = '?', http = 0, text: body = '', error }: Answer): string {
  return error === undefined ? `${status} ${http} ${body}` : 'refused by the library';
}

function mustBeOnline(viewers: readonly TestViewer[]): void {
  for (const { online } of viewers) mustBe(String(online), '1');
}

function mustBe(got: string, due: string): void {
  if (got !== due) throw new Error(`${got}, not ${due}`);
}
