// The shared parts of the player pages: the demo room, a send form, controls for the overlay and a button that destroys the player. Each page creates
// its player.
import { type Client, createClient, type Room } from '@danmux/sdk';
import type { PlayerDanmaku } from '@danmux/sdk-elements/players';

export interface PlayerPage {
  /** The container for the player. */
  readonly box: HTMLElement;
  readonly client: Client;
  readonly room: Room;
  readonly userId: string;
  /** Adds the send form, the controls of this overlay, and a button that calls `destroyPlayer`. */
  show(danmaku: PlayerDanmaku, destroyPlayer: () => void): void;
}

interface DemoUser {
  readonly token: string;
  readonly user: { readonly id: string; readonly name: string };
}

export const sample = (container: 'mp4' | 'flv' | 'm2t' | 'm3u8') => new URL(`./sample.${container}`, location.href).href;

const roomName = new URLSearchParams(location.search).get('room') ?? 'live:1001';

export async function openPage(player: string): Promise<PlayerPage> {
  document.title = `${player} · danmux`;
  const state = label('span', 'connecting', 'state');
  document.body.append(header(player, state), tag('div', 'stage', { id: 'stage' }), tag('div', 'bar', { id: 'bar' }));
  const [{ edges }, first] = await Promise.all([ask<{ edges: string[] }>('../config.json'), ask<DemoUser>('../token', { room: roomName })]);
  let current: DemoUser | null = first;
  const token = async () => {
    const { token: text } = current ?? (await ask<DemoUser>('../token', { room: roomName }));
    current = null;
    return text;
  };
  const client = createClient({ url: edges, token });
  client.on('state', (now) => {
    state.dataset['state'] = now;
    state.textContent = now === 'online' ? 'connected' : now;
  });
  const room = client.join(roomName);
  const box = document.getElementById('stage') as HTMLElement;
  return { box, client, room, userId: first.user.id, show: (danmaku, destroyPlayer) => fillBar(room, danmaku, destroyPlayer) };
}

function header(player: string, state: HTMLElement): HTMLElement {
  const back = tag('a', 'back', { href: `./?room=${roomName}` });
  back.textContent = 'danmux';
  const title = label('h1', player);
  const name = label('span', `# ${roomName}`, 'room');
  const bar = tag('header');
  bar.append(back, title, name, tag('span', 'spacer'), state);
  return bar;
}

function fillBar(room: Room, danmaku: PlayerDanmaku, destroyPlayer: () => void): void {
  const bar = document.getElementById('bar') as HTMLElement;
  const form = tag('form');
  const input = tag('input', '', {
    'data-testid': 'chat-input',
    maxlength: '200',
    placeholder: 'Say something…',
    'aria-label': 'Say something',
    autocomplete: 'off',
  });
  const send = label('button', 'Send', 'send');
  form.append(input, send);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = (input as HTMLInputElement).value.trim();
    if (text) room.send('chat', { text }).catch((error: Error) => send.setCustomValidity(error.message));
    (input as HTMLInputElement).value = '';
  });
  const end = label('button', 'End the player', 'destroy');
  end.className = 'quiet';
  end.addEventListener('click', () => {
    destroyPlayer();
    bar.remove();
  });
  bar.append(form, range(danmaku, 'opacity', 0.1, 1), range(danmaku, 'speed', 0.5, 2), range(danmaku, 'area', 0.1, 1), end);
}

function range(danmaku: PlayerDanmaku, setting: 'opacity' | 'speed' | 'area', least: number, most: number): HTMLElement {
  const box = label('label', setting);
  const input = tag('input', '', { type: 'range', min: String(least), max: String(most), step: '0.05' }) as HTMLInputElement;
  input.value = String(danmaku.overlay.settings[setting]);
  input.addEventListener('input', () => danmaku.configure({ [setting]: input.valueAsNumber }));
  danmaku.whenChanged(() => {
    input.value = String(danmaku.overlay.settings[setting]);
  });
  box.append(input);
  return box;
}

async function ask<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(path, body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {});
  const answer = (await response.json()) as T & { detail?: string };
  if (!response.ok) throw new Error(answer.detail ?? `${path}: ${response.status}`);
  return answer;
}

function tag<Name extends keyof HTMLElementTagNameMap>(name: Name, className = '', attributes: Record<string, string> = {}): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className) element.className = className;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}

function label<Name extends keyof HTMLElementTagNameMap>(name: Name, text: string, testId = ''): HTMLElementTagNameMap[Name] {
  const element = tag(name, testId, testId ? { 'data-testid': testId } : {});
  element.textContent = text;
  return element;
}
