#!/usr/bin/env python3
"""A viewer over a bare WebSocket: docs/protocol.md as a program, without socket.io and without an SDK.

    python3 examples/websocket/viewer.py [room]        with `npm start` running

It prints the messages of the room and answers receipts. When the connection is lost it comes back with its positions, so that every
gift is printed once. Ctrl-C ends it. Edges: DANMUX_EDGE_URL, several with commas between. Token: DANMUX_TOKEN, else one from the
admin API (DANMUX_URL, with DANMUX_API_KEY or the key in .danmux/secrets.json).
Debian: apt-get install python3-websocket; elsewhere: pip install websocket-client
"""
import collections
import json
import os
import pathlib
import random
import sys
import time
import urllib.request

try:
    import websocket
except ModuleNotFoundError as error:
    sys.exit(f'The Python module {error.name} is missing: apt-get install python3-websocket (then /usr/bin/python3), or pip install websocket-client.')

API = os.environ.get('DANMUX_URL', 'http://127.0.0.1:7800')
EDGES = os.environ.get('DANMUX_EDGE_URL', 'http://127.0.0.1:7700').split(',')
SECRETS = pathlib.Path(__file__).resolve().parents[2] / '.danmux' / 'secrets.json'
GUARANTEED = ('control', 'gift')
TRY_AGAIN = ('unavailable', 'draining', 'internal', 'rate_limited', 'room_full')
REPLY_SECONDS = 5
REMEMBERED = 2_000


def say(text):
    print(text, flush=True)


def new_token(room):
    if os.environ.get('DANMUX_TOKEN'):
        return os.environ['DANMUX_TOKEN']
    key = os.environ.get('DANMUX_API_KEY') or (json.loads(SECRETS.read_text())['api_key'] if SECRETS.exists() else None)
    if not key:
        sys.exit('There is no token: start danmux with `npm start`, or set DANMUX_TOKEN or DANMUX_API_KEY.')
    body = json.dumps({'sub': 'ws1', 'name': 'WebSocket', 'rooms': [room]}).encode()
    request = urllib.request.Request(f'{API}/v1/tokens', body, {'Authorization': f'Bearer {key}', 'Content-Type': 'application/json'})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)['token']
    except OSError as error:
        sys.exit(f'{API}: {error}. Is danmux running? Start it with `npm start`.')


class Remembered:
    """The last ids that were added."""

    def __init__(self):
        self.ids = collections.OrderedDict()

    def add(self, one):
        """False when it was there."""
        if one in self.ids:
            return False
        self.ids[one] = True
        if len(self.ids) > REMEMBERED:
            self.ids.popitem(last=False)
        return True


def covers(recall, msg):
    """Whether a recall of all messages of a user, or of the room, covers a message."""
    data = recall['data']
    if msg['type'] in ('recall', 'room_state'):
        return False
    if msg.get('from', {}).get('id') != data['user'] if 'user' in data else msg['lane'] == 'control':
        return False
    if 'offset' not in msg:
        return msg['ts'] <= recall['ts']
    return msg['offset'] <= data['positions'].get(msg['lane'], {'offset': 0})['offset']


class Room:
    """One room over any number of connections: positions, ids that were shown or recalled, receipts to send."""

    def __init__(self, name):
        self.name = name
        self.positions = {}
        self.shown = Remembered()
        self.recalled = Remembered()
        self.recalls = []
        self.messages = collections.OrderedDict()
        self.receipts = []

    def take(self, msg):
        """True when there is a hole before the message, which a join fills."""
        lane, offset = msg['lane'], msg.get('offset')
        position = self.positions.get(lane)
        if position and offset is not None:
            if offset <= position['offset']:
                return False
            if offset > position['offset'] + 1 and lane in GUARANTEED:
                return True
            self.positions[lane] = {'epoch': position['epoch'], 'offset': offset}
        self.show(msg)
        return False

    def show(self, msg):
        if msg['type'] == 'recall' and 'id' not in msg['data']:
            self.recalls.append(msg)
            for shown in [one for one in self.messages.values() if covers(msg, one)]:
                self.take_back(shown)
            return
        if any(covers(recall, msg) for recall in self.recalls):
            return
        if msg['type'] in ('recall', 'recalled'):
            recalled = msg['id'] if msg['type'] == 'recalled' else msg['data']['id']
            if self.recalled.add(recalled):
                say(f'recalled {recalled}')
            return
        parts = [part['id'] for part in msg.get('parts', [msg])]
        fresh = [part for part in parts if self.shown.add(part) and part not in self.recalled.ids]
        if msg.get('receipt') and msg['id'] not in self.receipts:
            self.receipts.append(msg['id'])
        if fresh:
            self.messages[msg['id']] = msg
            if len(self.messages) > REMEMBERED:
                self.messages.popitem(last=False)
            sender = msg.get('from', {})
            say(f"{msg['type']} {msg['id']} from {sender.get('name', sender.get('id', '-'))}: {json.dumps(msg['data'], ensure_ascii=False)}")

    def take_back(self, msg):
        for part in msg.get('parts', [msg]):
            if self.recalled.add(part['id']):
                say(f"recalled {part['id']}")

    def entered(self, reply):
        """Where a lane was not recovered its messages are not the next ones: they are shown, and the position is the reply's."""
        for msg in reply['msgs']:
            if reply['recovered'].get(msg['lane']):
                self.take(msg)
            else:
                self.show(msg)
        missing = [lane for lane, recovered in reply['recovered'].items() if not recovered]
        self.positions = reply['positions']
        say(f"joined {self.name}: {reply['online']} online{', not recovered: ' + ', '.join(missing) if missing else ''}")

    def gap(self, gap):
        if 'position' in gap:
            # Offsets of the old epoch are not comparable: its messages are older than all that follow.
            self.recalls = []
            self.messages.update({one['id']: {**one, 'offset': 0} for one in self.messages.values() if one['lane'] == gap['lane']})
            self.positions[gap['lane']] = gap['position']
        say(f"gap of {gap['lane']}: {gap['count']} ({gap['reason']})")


class Refused(Exception):
    def __init__(self, error):
        super().__init__(error['code'])
        self.code = error['code']
        self.message = error['message']
        self.wait = error.get('retry_after_ms')


class Connection:
    """One connection to one edge, from its opening to its end; the room outlives it."""

    def __init__(self, edge, token, room):
        self.room = room
        self.waiting = {}
        self.asked = 0
        self.joining = False
        self.leave_at = None
        self.socket = websocket.create_connection(
            edge.replace('http', 'ws', 1) + '/socket.io/?EIO=4&transport=websocket', timeout=REPLY_SECONDS, suppress_origin=True
        )
        opened = json.loads(self.socket.recv()[1:])
        self.silence_seconds = (opened['pingInterval'] + opened['pingTimeout']) / 1_000
        self.socket.send('40' + json.dumps({'token': token}))
        answer = self.socket.recv()
        if answer.startswith('44'):
            raise Refused(json.loads(answer[2:])['data'])

    def run(self):
        """Returns when the edge wants it to leave; raises when the connection ends."""
        self.join()
        self.socket.settimeout(0.25)
        heard_at = time.monotonic()
        while self.leave_at is None or time.monotonic() < self.leave_at:
            now = time.monotonic()
            try:
                packet = self.socket.recv()
                heard_at = now
                self.handle(packet)
            except websocket.WebSocketTimeoutException:
                if now - heard_at > self.silence_seconds:
                    raise OSError('nothing was heard for too long') from None
            self.repeat(now)
            self.send_receipts()

    def handle(self, packet):
        if packet == '2':
            self.socket.send('3')
        elif packet.startswith('43'):
            number, bracket, rest = packet[2:].partition('[')
            _, _, answered, _ = self.waiting.pop(int(number), (None, None, lambda reply: None, None))
            answered(json.loads(bracket + rest)[0])
        elif packet.startswith('42'):
            event, payload = json.loads(packet[2:])
            getattr(self, 'on_' + event, lambda payload: None)(payload)
        elif packet == '41' or packet == '':
            raise OSError('the edge ended the session')

    def ask(self, event, payload, answered):
        self.asked += 1
        self.waiting[self.asked] = (event, payload, answered, time.monotonic())
        self.socket.send(f'42{self.asked}{json.dumps([event, payload])}')

    def repeat(self, now):
        """A request without a reply is made again: each may be."""
        for number, (event, payload, answered, at) in list(self.waiting.items()):
            if now - at > REPLY_SECONDS:
                del self.waiting[number]
                self.ask(event, payload, answered)

    def join(self):
        if self.joining:
            return
        self.joining = True
        positions = {'positions': self.room.positions} if self.room.positions else {}
        self.ask('join', {'room': self.room.name, 'history': 20, **positions}, self.joined)

    def joined(self, reply):
        self.joining = False
        if not reply['ok']:
            raise Refused(reply['error'])
        self.room.entered(reply)

    def send_receipts(self):
        ids = self.room.receipts[:200]
        if not ids or self.joining or any(event == 'receipt' for event, *_ in self.waiting.values()):
            return

        def answered(reply):
            if reply['ok'] or reply['error']['code'] not in TRY_AGAIN:
                self.room.receipts = [one for one in self.room.receipts if one not in ids]

        self.ask('receipt', {'room': self.room.name, 'ids': ids}, answered)

    def on_frame(self, frame):
        if frame['room'] != self.room.name:
            return
        for msg in frame['msgs']:
            if self.room.take(msg):
                self.join()

    def on_gap(self, gap):
        if gap['room'] == self.room.name:
            self.room.gap(gap)

    def on_notice(self, notice):
        say(f"notice {notice['code']}: {notice['message']}")
        if notice['code'] == 'token_expired':
            raise Refused(notice)
        if notice['code'] in ('banned', 'kicked') and notice.get('room', self.room.name) == self.room.name:
            sys.exit(1)

    def on_goaway(self, goaway):
        say(f"goaway: leaving in {goaway['reconnect_in_ms']} ms")
        self.leave_at = time.monotonic() + goaway['reconnect_in_ms'] / 1_000

    def close(self):
        self.socket.close()


def backoff_seconds(attempt):
    return (100 + random.random() * min(5_000, 200 * 1.8 ** (attempt - 1))) / 1_000


def watch(name):
    room = Room(name)
    token = new_token(name)
    refreshed = 0
    edge = attempt = 0
    while True:
        least = 0
        connection = None
        try:
            connection = Connection(EDGES[edge % len(EDGES)], token, room)
            attempt, refreshed = 0, 0
            connection.run()
            reason = 'goaway'
        except Refused as refusal:
            reason = refusal.code
            if refusal.code.startswith('token_') and refusal.code != 'token_not_yet_valid' and refreshed < 4:
                token, refreshed = new_token(name), refreshed + 1
            elif refusal.code in TRY_AGAIN or refusal.wait is not None:
                least = (refusal.wait or 0) / 1_000
            else:
                sys.exit(f'{refusal.code}: {refusal.message}')
        except (OSError, websocket.WebSocketException) as error:
            reason = str(error)
        finally:
            if connection:
                connection.close()
        edge += 1
        attempt += 1
        wait = max(least, backoff_seconds(attempt))
        say(f'away: {reason}; trying again in {wait:.1f} s')
        time.sleep(wait)


if __name__ == '__main__':
    try:
        watch(sys.argv[1] if len(sys.argv) > 1 else 'live:1001')
    except KeyboardInterrupt:
        pass
