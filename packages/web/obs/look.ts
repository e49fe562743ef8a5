// Parses the query of the page's URL. Invalid and unknown parameters are ignored, and a note reports each.
import { isRoomName } from '@danmux/protocol';
import type { OverlaySettings } from '@danmux/sdk';
import type { Texts } from './texts.ts';

type ShownLane = 'chat' | 'gift';

export interface Look {
  /** Undefined when the URL names no valid room; the page then shows only the notes. */
  readonly room: string | undefined;
  readonly urls: readonly string[];
  readonly lanes: readonly ShownLane[];
  readonly settings: Partial<OverlaySettings>;
  /** Notes about invalid, unknown or missing parameters, for the person who wrote the URL. */
  readonly notes: readonly string[];
}

const numbers = {
  speed: { setting: 'speed', min: 0.1, max: 10 },
  opacity: { setting: 'opacity', min: 0, max: 1 },
  area: { setting: 'area', min: 0, max: 1 },
  size: { setting: 'fontSize', min: 6, max: 200 },
  max: { setting: 'maxShown', min: 1, max: 1_000 },
} as const satisfies Record<string, { setting: keyof OverlaySettings; min: number; max: number }>;

const knownNames = ['room', 'url', ...Object.keys(numbers), 'font', 'lanes', 'lang'];

export function lookOf(query: URLSearchParams, texts: Texts): Look {
  const notes: string[] = [];
  const unknownNames = [...new Set(query.keys())].filter((name) => !knownNames.includes(name));
  const room = roomOf(query, texts, notes);
  const look = { room, urls: urlsOf(query, texts, notes), lanes: lanesOf(query, texts, notes), settings: settingsOf(query, texts, notes), notes };
  for (const name of unknownNames) notes.push(texts.unknown(name, knownNames.join(', ')));
  return look;
}

function roomOf(query: URLSearchParams, texts: Texts, notes: string[]): string | undefined {
  const room = query.get('room') ?? '';
  if (isRoomName(room)) return room;
  notes.push(room ? texts.badRoom(room) : texts.noRoom);
  return undefined;
}

function urlsOf(query: URLSearchParams, texts: Texts, notes: string[]): string[] {
  const urls = listOf(query.get('url'));
  for (const url of urls) if (!isAddress(url)) notes.push(texts.url(url));
  return urls.filter(isAddress);
}

const isAddress = (url: string) => /^https?:\/\//i.test(url) && URL.canParse(url);

function lanesOf(query: URLSearchParams, texts: Texts, notes: string[]): ShownLane[] {
  const asked = listOf(query.get('lanes'));
  const lanes = asked.filter((lane): lane is ShownLane => lane === 'chat' || lane === 'gift');
  if (asked.length !== lanes.length) notes.push(texts.lanes(asked.join(',')));
  return lanes.length > 0 ? lanes : ['chat', 'gift'];
}

function settingsOf(query: URLSearchParams, texts: Texts, notes: string[]): Partial<OverlaySettings> {
  const settings: Record<string, number | string> = {};
  for (const [name, { setting, min, max }] of Object.entries(numbers)) {
    const text = query.get(name);
    if (text === null) continue;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= min && value <= max) settings[setting] = value;
    else notes.push(texts.number(name, text, min, max));
  }
  const font = query.get('font');
  if (font !== null && /^[^;{}<>\\"]{1,100}$/.test(font)) settings['fontFamily'] = fontFamily(font);
  else if (font !== null) notes.push(texts.font(font));
  return settings;
}

/** The CSS font family, with fallbacks for characters that the font lacks. */
const fontFamily = (font: string) => `"${font.trim()}", system-ui, "Noto Sans CJK SC", sans-serif`;

const listOf = (text: string | null) => (text ?? '').split(',').flatMap((item) => item.trim() || []);
