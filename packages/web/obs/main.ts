// The page for an OBS browser source: a room's danmaku and gifts on a transparent background. The query sets its look; the token is in the fragment,
// which browsers never send to a server. It sends no messages and shows no connection errors, because viewers of the stream would see them.
import { type BoundRoom, bind, createClient, type DanmuxError, Overlay, type Room } from '@danmux/sdk';
import { edgesOf } from './edges.ts';
import { type Look, lookOf } from './look.ts';
import { type Texts, textsOf } from './texts.ts';

const noteMs = 20_000;
const retryMs = 5_000;
const query = new URLSearchParams(location.search);
const language = query.get('lang') ?? navigator.language;
const texts: Texts = textsOf(language);
const stage = document.getElementById('stage') as HTMLElement;

document.documentElement.lang = language;
// The token is in the fragment. A browser does not reload a page when only its fragment changes, so the page does it itself.
addEventListener('hashchange', () => location.reload());
const look = lookOf(query, texts);
note(look.notes, look.room !== undefined);
if (look.room !== undefined) void show(look, look.room);

async function show({ urls, lanes, settings }: Look, room: string): Promise<void> {
  const overlay = new Overlay(stage, settings);
  const edges = await edgesOf(room, urls).catch(() => null);
  if (edges === null) {
    // The server is unreachable: retry without an error on the page, which viewers of the stream would see.
    overlay.destroy();
    setTimeout(() => void show(look, room), retryMs);
    return;
  }
  if (edges === undefined) {
    note([texts.noEdges], false);
    return;
  }
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  const client = createClient({ ...edges, own: false, ...(token ? { token } : {}) });
  let entered = false;
  const joined = client.join(room, { history: 0 });
  client.on('state', (state) => {
    stage.dataset['state'] = state;
  });
  joined.on('joined', () => {
    entered = true;
  });
  const refused = (error: DanmuxError) => !entered && note([texts.token(error.message)], true);
  client.on('error', refused);
  joined.on('error', refused);
  bind(only(joined, lanes), overlay);
}

/** Wraps the room so that `message` listeners get only messages of these lanes. */
function only(room: Room, lanes: readonly string[]): BoundRoom {
  return {
    serverTime: () => room.serverTime(),
    ageMs: (msg) => room.ageMs(msg),
    on: (event, listener) =>
      event === 'message'
        ? room.on('message', (msg) => lanes.includes(msg.lane) && (listener as (payload: typeof msg) => void)(msg))
        : room.on(event, listener),
  };
}

/** Shows notes to the person who sets up the page. With `passes` they are removed after 20 s, because viewers of the stream see them. */
function note(lines: readonly string[], passes: boolean): void {
  if (lines.length === 0) return;
  const box = document.getElementById('note') as HTMLElement;
  for (const line of lines) {
    const paragraph = document.createElement('p');
    paragraph.textContent = line;
    box.append(paragraph);
  }
  box.hidden = false;
  if (passes) setTimeout(() => box.remove(), noteMs);
}
