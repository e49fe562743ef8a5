#!/bin/sh
# The Python library of Pusher posts terminate_user_connections to a path without the app: /users/{id}/terminate_connections. All its other calls,
# and the same call of the Node library, begin with /apps/{app}, as the HTTP API documents. A server that dispatches by the app in the path never
# sees the Python call. The key in the query is then the only thing that names the app.
# Needs node, npm, python3 with venv, and the npm and PyPI registries. Exits non-zero when the behaviour is not (or no longer) this.
set -eu
folder=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi; rm -rf "$folder"' EXIT INT TERM
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pusher@5.3.4 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pusher==3.3.4

cat >server.cjs <<'JS'
const { createServer } = require('node:http');
const { appendFileSync } = require('node:fs');
const http = createServer((request, response) => {
  appendFileSync('paths', `${request.method} ${request.url.split('?')[0]}\n`);
  response.setHeader('content-type', 'application/json').end('{}');
});
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
JS
cat >client.cjs <<'JS'
const Pusher = require('pusher');
const pusher = new Pusher({ appId: '4711', key: 'key', secret: 'secret', host: '127.0.0.1', port: process.argv[2], useTLS: false });
pusher.trigger('room', 'gift', {}).then(() => pusher.terminateUserConnections('u8'));
JS
cat >client.py <<'PY'
import sys
import pusher

client = pusher.Pusher(app_id="4711", key="key", secret="secret", host="127.0.0.1", port=int(sys.argv[1]), ssl=False)
client.trigger("room", "gift", {})
client.terminate_user_connections("u8")
PY
node server.cjs >port &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
  if [ -s port ]; then break; fi
  sleep 0.5
done
port=$(cat port)
node client.cjs "$port"
venv/bin/python client.py "$port"
echo 'pusher 5.3.4 (npm), then pusher 3.3.4 (PyPI):'
cat paths
cat >expected <<'PATHS'
POST /apps/4711/events
POST /apps/4711/users/u8/terminate_connections
POST /apps/4711/events
POST /users/u8/terminate_connections
PATHS
cmp paths expected
