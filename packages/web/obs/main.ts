// The page for an OBS browser source: a room's danmaku and gifts on a transparent page. Its look is in the query, its token in the fragment,
// which no request carries. It sends nothing, and shows no connection errors.
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
// A new token starts the page again.
addEventListener('hashchange', () => location.reload());
const look = lookOf(query, texts);
note(look.notes, look.room !== undefined);
if (look.room !== undefined) void show(look, look.room);

async function show({ urls, lanes, settings }: Look, room: string): Promise<void> {
  const overlay = new Overlay(stage, settings);
  const edges = await edgesOf(room, urls).catch(() => null);
  if (edges === null) {
    // The server is unreachable: shown nowhere, because viewers of the stream would see it.
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

/** The room with these lanes only. */
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

/** For the person who sets it up; hidden after a while, because viewers of the stream see it. */
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
