#!/usr/bin/env python3
"""A live room from Python: a viewer (python3-socketio) and a backend (urllib) in one program.

    python3 examples/python/live_room.py [room]        with `npm start` running

It takes a token, joins the room, sends itself a gift and takes back a message, and ends with 0 when the viewer has seen both and
its receipt was counted. Addresses: DANMUX_URL (admin API), DANMUX_EDGE_URL. Key: DANMUX_API_KEY, else .danmux/secrets.json.
Debian: apt-get install python3-socketio python3-websocket
"""
import json
import os
import pathlib
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

try:
    import socketio
    import websocket  # noqa: F401 - the transport of socketio, which without it says only that it cannot connect
except ModuleNotFoundError as error:
    sys.exit(f'The Python module {error.name} is missing: apt-get install python3-socketio python3-websocket (then /usr/bin/python3), or pip install "python-socketio[client]".')

API = os.environ.get('DANMUX_URL', 'http://127.0.0.1:7800')
EDGE = os.environ.get('DANMUX_EDGE_URL', 'http://127.0.0.1:7700')
SECRETS = pathlib.Path(__file__).resolve().parents[2] / '.danmux' / 'secrets.json'


def api_key():
    key = os.environ.get('DANMUX_API_KEY')
    if not key and SECRETS.exists():
        key = json.loads(SECRETS.read_text())['api_key']
    return key or sys.exit('There is no API key: start danmux with `npm start`, or set DANMUX_API_KEY.')


class Backend:
    """The admin API. One Idempotency-Key a call: a request that is sent again is one request."""

    def __init__(self, url, key):
        self.url = url
        self.key = key

    def ask(self, method, path, body=None):
        headers = {'Authorization': f'Bearer {self.key}', 'Content-Type': 'application/json', 'Idempotency-Key': uuid.uuid4().hex}
        data = None if body is None else json.dumps(body).encode()
        if data is None:
            del headers['Content-Type']
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            raise SystemExit(f"{method} {path}: {problem['detail']} [{problem['code']}]") from error
        except urllib.error.URLError as error:
            raise SystemExit(f'{self.url}: {error.reason}. Is danmux running? Start it with `npm start`.') from error


class Viewer:
    """Any socket.io client is a viewer: join a room, listen to frames, answer messages that ask for a receipt."""

    def __init__(self, url, token, room):
        self.room = room
        self.gifts = []
        self.recalled = []
        self.changed = threading.Condition()
        self.socket = socketio.Client()
        self.socket.on('frame', self.frame)
        try:
            self.socket.connect(url, auth={'token': token}, transports=['websocket'])
        except socketio.exceptions.ConnectionError as error:
            raise SystemExit(f'{url}: {error}') from error
        reply = self.socket.call('join', {'room': room, 'history': 0})
        if not reply['ok']:
            raise SystemExit(f"join: {reply['error']['message']}")
        self.online = reply['online']

    def frame(self, frame):
        if frame['room'] != self.room:
            return
        asking = [message['id'] for message in frame['msgs'] if message.get('receipt')]
        if asking:
            self.socket.emit('receipt', {'room': self.room, 'ids': asking}, callback=lambda reply: None)
        with self.changed:
            for message in frame['msgs']:
                if message['lane'] == 'gift':
                    self.gifts.append(message)
                elif message['type'] == 'recall':
                    self.recalled.append(message['data'].get('id'))
            self.changed.notify_all()

    def wait_for(self, seen):
        with self.changed:
            if not self.changed.wait_for(seen, timeout=15):
                raise SystemExit('the viewer has waited for 15 s in vain')

    def close(self):
        self.socket.disconnect()


def main():
    room = sys.argv[1] if len(sys.argv) > 1 else 'live:1001'
    backend = Backend(API, api_key())
    path = '/v1/rooms/' + urllib.parse.quote(room, safe='')

    token = backend.ask('POST', '/v1/tokens', {'sub': 'py1', 'name': 'Python', 'rooms': [room]})['token']
    viewer = Viewer(EDGE, token, room)
    print(f'joined: {room}, {viewer.online} online')

    giver = {'id': 'u42', 'name': '小明'}
    gift = backend.ask('POST', f'{path}/messages', {'type': 'gift', 'data': {'gift': 'rocket', 'name': '火箭'}, 'from': giver, 'receipt': True})
    viewer.wait_for(lambda: any(seen['id'] == gift['id'] for seen in viewer.gifts))
    print(f"gift: {gift['id']} from {giver['name']}, answered with a receipt")

    slip = backend.ask('POST', f'{path}/messages', {'type': 'chat', 'data': {'text': '说错话了'}, 'from': giver})
    backend.ask('DELETE', f"{path}/messages/{slip['id']}")
    viewer.wait_for(lambda: slip['id'] in viewer.recalled)
    print(f"recall: {slip['id']} leaves the screen")

    ends_at = time.monotonic() + 20
    receipts = backend.ask('GET', f"/v1/messages/{gift['id']}/receipts")
    while receipts['state'] != 'final' and time.monotonic() < ends_at:
        time.sleep(0.2)
        receipts = backend.ask('GET', f"/v1/messages/{gift['id']}/receipts")
    print(f"receipts: sent {receipts['sent']}, received {receipts['received']}, missing {receipts['missing']}")
    viewer.close()


if __name__ == '__main__':
    main()
