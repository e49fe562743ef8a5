#!/bin/sh
# A server that refuses a handshake with `allowRequest` answers long-polling with 403, as the code FORBIDDEN says, and the same refusal of a
# WebSocket with 400 and the text alone. A proxy, a browser's network tab and a client that decides by the status see a malformed request where
# there was a forbidden one.
# Needs node, npm and the npm registry. Exits non-zero when the behaviour is not (or no longer) this.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund engine.io@6.6.4 ws@8.18.3 >/dev/null
cat >refusal.cjs <<'JS'
const http = require('node:http');
const { attach } = require('engine.io');
const { WebSocket } = require('ws');

const server = http.createServer();
attach(server, { allowRequest: (_request, answer) => answer('not from here', false) });
server.listen(0, '127.0.0.1', async () => {
  const at = `127.0.0.1:${server.address().port}/engine.io/?EIO=4&transport=`;
  const polling = await fetch(`http://${at}polling`);
  const text = await polling.text();
  const socket = new WebSocket(`ws://${at}websocket`);
  socket.on('error', () => {});
  const response = await new Promise((resolve) => socket.on('unexpected-response', (_request, answer) => resolve(answer)));
  let body = '';
  for await (const part of response) body += part;
  console.log(`polling ${polling.status} ${text}`);
  console.log(`websocket ${response.statusCode} ${body}`);
  process.exit(0);
});
JS
echo 'engine.io 6.6.4, ws 8.18.3:'
node refusal.cjs | tee seen
cat >expected <<'ANSWERS'
polling 403 {"code":4,"message":"not from here"}
websocket 400 not from here
ANSWERS
cmp seen expected
