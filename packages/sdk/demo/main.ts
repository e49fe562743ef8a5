// The demo page: a playing video, danmaku and gifts over it, a chat list and an input. It is what a site's own page would be,
// in small: a token from the backend, a client, a room, an overlay.
import { bind, createClient, DanmuxError, Overlay, type Room } from '../src/index.ts';
import { ChatList } from './chat-list.ts';
import { livePicture } from './live-picture.ts';
import { texts } from './texts.ts';

interface DemoUser {
  readonly token: string;
  readonly user: { readonly id: string; readonly name: string };
}

const room = new URLSearchParams(location.search).get('room') ?? 'live:1001';

document.documentElement.lang = navigator.language;
element('room').textContent = `# ${room}`;
element('command').textContent = `php clients/php/examples/push-gift.php ${room}`;
for (const label of document.querySelectorAll<HTMLElement>('[data-text]')) label.textContent = String(texts[label.dataset['text'] as 'send']);
element<HTMLInputElement>('input').placeholder = texts.placeholder;
showState('connecting');

const video = element<HTMLVideoElement>('video');
video.srcObject = livePicture();
// Autoplay may be refused; the picture then waits for the first click.
video.play().catch(() => document.addEventListener('click', () => void video.play(), { once: true }));

enter().catch((error: unknown) => {
  showState('closed');
  hint(error instanceof Error ? error.message : String(error));
});

async function enter(): Promise<void> {
  const [{ edges }, first] = await Promise.all([askServer<{ edges: string[] }>('./config.json'), askForToken()]);
  let current: DemoUser | null = first;
  // The first token is at hand; when it has expired the client asks for another.
  const token = async () => {
    const { token: text } = current ?? (await askForToken());
    current = null;
    return text;
  };
  const client = createClient({ url: edges, token });
  client.on('state', showState);
  client.on('error', (error) => hint(error.message));
  client.on('notice', (notice) => hint(notice.message));
  const joined = client.join(room);
  const list = new ChatList(element('list'), element('latest'), first.user.id);
  joined.on('message', (msg) => list.message(msg));
  client.on('message', (msg) => list.message(msg));
  joined.on('recalled', ({ id }) => list.remove(id));
  joined.on('online', (online) => {
    element('online').textContent = String(online);
  });
  joined.on('gap', ({ count }) => list.say(texts.missed(count)));
  joined.on('error', (error) => hint(error.message));
  bind(joined, new Overlay(element('stage')), { userId: first.user.id });
  listenToForm(joined);
}

function listenToForm(joined: Room): void {
  const input = element<HTMLInputElement>('input');
  element<HTMLFormElement>('form').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = '';
    joined.send('chat', { text }).then(
      () => hint(''),
      (error: unknown) => {
        if (!input.value) input.value = text;
        hint(error instanceof DanmuxError && error.retryAfterMs ? texts.wait(Math.ceil(error.retryAfterMs / 1_000)) : (error as Error).message);
      },
    );
  });
}

function askForToken(): Promise<DemoUser> {
  return askServer<DemoUser>('./token', { room });
}

async function askServer<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(path, body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {});
  const answer = (await response.json()) as T & { detail?: string };
  if (!response.ok) throw new Error(answer.detail ?? `${path}: ${response.status}`);
  return answer;
}

function showState(state: 'connecting' | 'online' | 'closed'): void {
  const shown = element('state');
  shown.dataset['state'] = state;
  shown.textContent = state === 'online' ? texts.onlineState : texts[state];
}

function hint(text: string): void {
  element('hint').textContent = text;
}

function element<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
