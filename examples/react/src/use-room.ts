// A hook around the SDK: joins a room while a component is mounted, and gives its messages and the number of connections.
import { type Client, createClient, type Message, type Room } from '@danmux/sdk';
import { useEffect, useState } from 'react';

const kept = 50;

/** One client for the whole page. It connects at once; `token` is called again when the old token has expired. */
export function createPageClient(url: string, tokenUrl: string): Client {
  return createClient({ url, token: async () => (await fetch(tokenUrl)).text() });
}

/** Leaves the room when the component goes away. React's strict mode mounts twice in development, which joins twice and does no harm. */
export function useRoom(client: Client, name: string) {
  const [room, setRoom] = useState<Room>();
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [online, setOnline] = useState(0);
  useEffect(() => {
    const joined = client.join(name, { history: 20 });
    const ends = [
      joined.on('message', (message) => setMessages((before) => [...before, message].slice(-kept))),
      joined.on('recalled', ({ id }) => setMessages((before) => before.filter((message) => message.id !== id))),
      joined.on('online', setOnline),
    ];
    setRoom(joined);
    return () => {
      for (const end of ends) end();
      joined.leave().catch(() => undefined);
    };
  }, [client, name]);
  return { room, messages, online };
}
