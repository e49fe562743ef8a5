// The page for an OBS browser source: a room's danmaku and gifts on a transparent background. The query sets its look; the watch key or token is
// in the fragment, which browsers never send to a server. The page sends no messages. When it stops, it shows the reason. It does not report a
// short loss of the connection, because viewers of the stream would see the note.
import { type BoundRoom, bind, type Client, type ClientOptions, createClient, Overlay, type Room } from '@danmux/sdk';
import { edgesOf } from './edges.ts';
import { type Look, lookOf } from './look.ts';
import { Notes } from './notes.ts';
import { type Texts, textsOf } from './texts.ts';
import { KeyRefused, watchToken } from './watch-token.ts';

/** Milliseconds without a connection after which the page reports it: `firstMs` before the first join, `lostMs` after it. */
const firstMs = 6_000;
const lostMs = 30_000;
/** Notices that end the connection or the room. */
const ending: readonly string[] = ['banned', 'kicked', 'room_forbidden', 'token_expired', 'token_key_removed'];
const retryMs = 5_000;
const query = new URLSearchParams(location.search);
const language = query.get('lang') ?? navigator.language;
const texts: Texts = textsOf(language);
const stage = document.getElementById('stage') as HTMLElement;
const notes = new Notes(document.getElementById('note') as HTMLElement);

document.documentElement.lang = language;
// The token is in the fragment. A browser does not reload a page when only its fragment changes, so the page reloads itself.
addEventListener('hashchange', () => location.reload());
const look = lookOf(query, texts);
notes.show(look.notes, look.room !== undefined);
if (look.room !== undefined) void show(look, look.room);

async function show({ urls, lanes, settings }: Look, room: string): Promise<void> {
  const edges = await edgesOf(room, urls).catch(() => null);
  if (edges === null) {
    notes.reason(texts.noServer);
    setTimeout(() => void show(look, room), retryMs);
    return;
  }
  notes.clear();
  if (edges === undefined) {
    notes.show([texts.noEdges], false);
    return;
  }
  const token = tokenOf(room, () => client);
  const client = createClient({ ...edges, own: false, ...(token ? { token } : {}) });
  const joined = client.join(room, { history: 0 });
  report(client, joined, urls);
  bind(only(joined, lanes), new Overlay(stage, settings));
}

/** The token in the page's address, or a function that gets tokens with the watch key in the address; undefined for a guest. */
function tokenOf(room: string, client: () => Client): ClientOptions['token'] {
  const secrets = new URLSearchParams(location.hash.slice(1));
  const key = secrets.get('key');
  if (!key) return secrets.get('token') || undefined;
  return async () => {
    try {
      const { token, room: allowed } = await watchToken(key);
      if (allowed !== room) throw new KeyRefused(texts.otherRoom(allowed, room));
      return token;
    } catch (error) {
      if (error instanceof KeyRefused) end(client(), texts.key(error.message));
      throw error;
    }
  };
}

/** Stops the client and shows the reason. */
function end(client: Client, why: string): void {
  notes.reason(why);
  client.close();
}

/** Shows on the page why the room cannot be shown, and removes that note when the room is joined. */
function report(client: Client, joined: Room, urls: readonly string[]): void {
  let seen = false;
  let timer: ReturnType<typeof setTimeout>;
  const lost = () => {
    clearTimeout(timer);
    timer = setTimeout(() => notes.reason(texts.noConnection(urls.join(', '))), seen ? lostMs : firstMs);
  };
  lost();
  client.on('state', (state) => {
    stage.dataset['state'] = state;
    if (state === 'connecting') lost();
    else clearTimeout(timer);
  });
  joined.on('joined', ({ online, positions }) => {
    notes.clear();
    const isNew = online <= 1 && Object.values(positions).every((position) => position?.offset === 0);
    if (isNew && !seen) notes.show([texts.emptyRoom(joined.name)], true);
    seen = true;
  });
  client.on('error', (error) => {
    if (client.state === 'closed') notes.reason(reasonOf(error));
  });
  client.on('notice', ({ code, room, message }) => {
    if (room === undefined && ending.includes(code)) notes.reason(texts.ended(message));
  });
  joined.on('error', ({ message }) => notes.reason(texts.room(joined.name, message)));
  joined.on('notice', ({ code, message }) => {
    if (ending.includes(code)) notes.reason(texts.room(joined.name, message));
  });
}

/** Why the client stopped: its token, or something that another token does not mend, such as a ban or the origin of the page. */
function reasonOf({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === 'token_expired') return texts.tokenEnded;
  return code.startsWith('token_') ? texts.token(message) : texts.ended(message);
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
