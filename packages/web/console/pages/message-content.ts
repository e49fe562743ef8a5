// What a message says, as one line of text: its words when it has some, what was given for a gift, else its data as JSON.
import type { Message } from '../replies.ts';

const most = 500;

export function contentOf({ lane, data }: Pick<Message, 'lane' | 'data'>): string {
  const text = lane === 'gift' ? giftText(data) : wordsOf(data);
  return (text ?? JSON.stringify(data) ?? '').slice(0, most);
}

function wordsOf(data: unknown): string | null {
  if (typeof data === 'string') return data;
  const text = fieldsOf(data)['text'];
  return typeof text === 'string' ? text : null;
}

function giftText(data: unknown): string | null {
  const { name, gift, count = 1, text } = fieldsOf(data);
  const what = [name, gift].find((word) => typeof word === 'string' && word !== '');
  if (what === undefined) return wordsOf(data);
  return [what, count === 1 ? '' : `×${String(count)}`, typeof text === 'string' ? text : ''].filter(Boolean).join(' ');
}

function fieldsOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}
