// Sends raw bytes over a new socket, for requests that no HTTP client would send.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export async function openSocket(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Returns everything received until the server closes the socket. */
export async function rawRequest(url: string, bytes: string | Buffer): Promise<string> {
  const socket = await openSocket(url);
  let got = '';
  socket.on('data', (data) => {
    got += data.toString();
  });
  socket.write(bytes);
  await once(socket, 'close');
  return got;
}
