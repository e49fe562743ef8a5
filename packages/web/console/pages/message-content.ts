// Summarizes a message as one line of text: the chat text, the gift, or its data as JSON.
import { html } from 'lit';
import type { Message } from '../replies.ts';

const maxChars = 500;

export function contentOf({ lane, data }: Pick<Message, 'lane' | 'data'>): string {
  const text = lane === 'gift' ? giftText(data) : textOf(data);
  // A message without data, such as a recalled one, has no content.
  return (text ?? (data === null ? '' : JSON.stringify(data)) ?? '').slice(0, maxChars);
}

/** The content for a page: JSON as code, everything else as text. */
export function renderContent(message: Pick<Message, 'lane' | 'data'>): unknown {
  const content = contentOf(message);
  return /^[[{]/.test(content) && typeof message.data === 'object' ? html`<code>${content}</code>` : content;
}

function textOf(data: unknown): string | null {
  if (typeof data === 'string') return data;
  const text = fieldsOf(data)['text'];
  return typeof text === 'string' ? text : null;
}

function giftText(data: unknown): string | null {
  const { name, gift, count = 1, text } = fieldsOf(data);
  const giftName = [name, gift].find((value) => typeof value === 'string' && value !== '');
  if (giftName === undefined) return textOf(data);
  return [giftName, count === 1 ? '' : `×${String(count)}`, typeof text === 'string' ? text : ''].filter(Boolean).join(' ');
}

function fieldsOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}
