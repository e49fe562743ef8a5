// A composable around the SDK: joins a room while a component is mounted, and gives its messages and the number of connections.
import { createClient } from '@danmux/sdk';
import { onUnmounted, ref, shallowRef } from 'vue';

const kept = 50;
let client;

/** One client for the whole page. The token function is called again when the old token has expired. */
function pageClient() {
  client ??= createClient({
    url: 'http://127.0.0.1:7700',
    // The site's backend signs the viewer in and answers a token (POST /v1/tokens of the api).
    token: async () => (await fetch('/my/token')).text(),
  });
  return client;
}

export function useRoom(name) {
  const room = pageClient().join(name, { history: 20 });
  // A shallow ref, because a proxy around a room or a message would break its private fields.
  const messages = shallowRef([]);
  const online = ref(0);
  const ends = [
    room.on('message', (message) => {
      messages.value = [...messages.value, message].slice(-kept);
    }),
    room.on('recalled', ({ id }) => {
      messages.value = messages.value.filter((message) => message.id !== id);
    }),
    room.on('online', (count) => {
      online.value = count;
    }),
  ];
  onUnmounted(() => {
    for (const end of ends) end();
    room.leave().catch(() => undefined);
  });
  return { room, messages, online };
}
