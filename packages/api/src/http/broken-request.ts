// Answers requests that are not valid HTTP: malformed, with headers over the limit, or never completed. They never reach Fastify's reply,
// so the problem is written to the socket directly and the socket is closed.
import type { Socket } from 'node:net';
import { DanmuxError, errors } from '@danmux/protocol';
import { newId, type Runtime, toJson } from '@danmux/runtime';
import { noteRefusal, problemOf, problemType } from './problem.ts';

const texts: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are larger than the limit.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
};

export function brokenRequestHandler(runtime: Runtime): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    // The client closed the connection: nothing to answer.
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const trace = newId();
    const refusal = new DanmuxError('invalid_request', { message: texts[error.code ?? ''] ?? 'This is not an HTTP/1.1 request.', cause: error });
    noteRefusal(runtime, refusal, { trace });
    if (socket.writable) socket.write(answer(refusal, trace));
    socket.destroySoon();
  };
}

function answer(refusal: DanmuxError, trace: string): string {
  const body = toJson(problemOf(refusal, trace));
  const head = [
    `HTTP/1.1 ${errors[refusal.code].status} Bad Request`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-trace-id: ${trace}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
