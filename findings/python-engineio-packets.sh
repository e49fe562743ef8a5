#!/bin/sh
# python-engineio takes a long-polling answer of more than 16 packets for an error: it disconnects and drops all packets of the answer. The
# reference server, socket.io for Node, writes everything that waits into one answer, so 20 events emitted in one turn end a Python
# client that uses long-polling. Neither documentation of python-socketio's Client nor the protocol names a limit.
# Needs node, npm, python3 with venv, and the npm and PyPI registries. Exits non-zero when the behaviour is not (or no longer) this.
set -eu
folder=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi; rm -rf "$folder"' EXIT INT TERM
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund socket.io@4.8.1 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-socketio==5.14.3 python-engineio==4.12.3 requests==2.32.5

cat >server.cjs <<'JS'
const { createServer } = require('node:http');
const { Server } = require('socket.io');
const http = createServer();
new Server(http).on('connection', (socket) => {
  socket.on('events', (count) => {
    for (let n = 0; n < count; n++) socket.emit('event', n);
  });
});
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
JS
cat >client.py <<'PY'
import sys, threading
import socketio

port, count = sys.argv[1], int(sys.argv[2])
client = socketio.Client(reconnection=False)
got, end, done = [], [], threading.Event()

@client.on("event")
def event(n):
    got.append(n)
    if len(got) == count:
        done.set()

@client.event
def disconnect(*_):
    end.append(True)
    done.set()

client.connect(f"http://127.0.0.1:{port}", transports=["polling"])
client.emit("events", count)
done.wait(10)
print(len(got), "disconnected" if end else "connected")
if not end:
    client.disconnect()
PY
node server.cjs >port &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
  if [ -s port ]; then break; fi
  sleep 0.5
done
port=$(cat port)
echo "socket.io 4.8.1 (npm); $(venv/bin/pip list --disable-pip-version-check 2>/dev/null | grep -E 'engineio|socketio' | tr -s ' ' | tr '\n' ' ')"
few=$(venv/bin/python client.py "$port" 10 2>few.log)
many=$(venv/bin/python client.py "$port" 40 2>many.log)
echo "10 events in one turn, expected and seen: '10 connected', '$few'"
echo "40 events in one turn, expected '40 connected', seen: '$many'"
[ "$few" = '10 connected' ] && case "$many" in *disconnected) ;; *) false ;; esac
