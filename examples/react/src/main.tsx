// A live room in React: the overlay over a video as an element, and a list made with the hook.
import '@danmux/sdk-elements';
import { type Message, textOf } from '@danmux/sdk';
import { type FormEvent, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type {} from './danmux-elements.ts';
import { createPageClient, useRoom } from './use-room.ts';

// The site's backend signs the viewer in and answers a token (POST /v1/tokens of the api).
const client = createPageClient('http://127.0.0.1:7700', '/my/token');

function lineOf(message: Message): string {
  // The type of a message says what its data holds.
  if (message.type === 'gift') return `🎁 ${message.data.name ?? message.data.gift} × ${message.data.count ?? 1}`;
  if (message.type === 'superchat') return `${message.data.amount}: ${message.data.text}`;
  return textOf(message);
}

function LiveRoom({ name }: { readonly name: string }) {
  const { room, messages, online } = useRoom(client, name);
  const say = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('text'));
    event.currentTarget.reset();
    room?.send('chat', { text }).catch((error: Error) => alert(error.message));
  };
  return (
    <>
      <danmux-overlay room={room} speed={1.2} onstate={({ detail }) => console.log('the overlay is', detail)}>
        <video src="/live.mp4" autoPlay muted loop />
      </danmux-overlay>
      <p>{online} online</p>
      <ul>
        {messages.map((message) => (
          <li key={message.id}>
            <b>{message.from?.name}</b> {lineOf(message)}
          </li>
        ))}
      </ul>
      <form onSubmit={say}>
        <input name="text" aria-label="message" />
      </form>
    </>
  );
}

createRoot(document.querySelector('#root') as HTMLElement).render(
  <StrictMode>
    <LiveRoom name="live:1001" />
  </StrictMode>,
);
