// The demo page: a video with danmaku and gifts over it and a chat next to it. An application's page does the same: it gets a token from the backend
// and sets it on two elements, which share one connection.
import type { DanmuxChatElement, DanmuxOverlayElement, GiftChosen } from '@danmux/sdk-elements';
import '@danmux/sdk-elements';
import { gifts } from './gifts.ts';
import { livePicture } from './live-picture.ts';
import { chosen, texts } from './texts.ts';

/** The viewer's name. It stays the same when the page requests a new token. */
const name = `${texts.viewer} ${Math.floor(1_000 + Math.random() * 9_000)}`;
const room = new URLSearchParams(location.search).get('room') ?? 'live:1001';

document.documentElement.lang = chosen;
document.title = `danmux · ${texts.title}`;
element('badge').textContent = texts.badge;
element('room').textContent = `# ${room}`;
element('command').textContent = `php clients/php/examples/push-gift.php ${room}`;
element('try').textContent = texts.tryIt;

const video = element<HTMLVideoElement>('video');
video.setAttribute('aria-label', texts.live);
video.srcObject = livePicture();
// When the browser blocks autoplay, the video starts with the first click.
video.play().catch(() => document.addEventListener('click', () => void video.play(), { once: true }));

enter().catch((error: unknown) => {
  const trouble = element('trouble');
  trouble.textContent = error instanceof Error ? error.message : String(error);
  trouble.hidden = false;
});

async function enter(): Promise<void> {
  const [{ edges }, first] = await Promise.all([askServer<{ edges: string[] }>('./config.json'), askForToken()]);
  let current: string | null = first;
  let latest = first;
  // The first call returns the token that has been requested above; each later call requests a new one, because the last has expired.
  const token = async () => {
    latest = current ?? (await askForToken());
    current = null;
    return latest;
  };
  const chat = element<DanmuxChatElement>('chat');
  chat.gifts = gifts;
  chat.addEventListener('gift', (event) => {
    const { gift, count } = (event as CustomEvent<GiftChosen>).detail;
    askServer('./gift', { token: latest, room, gift: gift.id, name: gift.name, count }).catch((error: Error) => chat.say(error.message));
  });
  for (const shown of [element<DanmuxOverlayElement>('overlay'), chat]) Object.assign(shown, { url: edges.join(','), token, room });
}

async function askForToken(): Promise<string> {
  return (await askServer<{ token: string }>('./token', { room, name })).token;
}

async function askServer<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(path, body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {});
  const answer = (await response.json()) as T & { detail?: string };
  if (!response.ok) throw new Error(answer.detail ?? `${path}: ${response.status}`);
  return answer;
}

function element<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
