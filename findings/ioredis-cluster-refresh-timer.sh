#!/bin/sh
# ioredis 6.0.0 and 5.x: a Cluster that is disconnected while its periodic refresh of slots (`slotsRefreshInterval`) waits for the answer
# starts the next round all the same. The client is at status 'end', every later round asks no node, and the timer keeps the process
# alive for ever.
# Expected: after disconnect() nothing of the client keeps the process alive.
# Needs node, npm, redis-server, redis-cli and the npm registry. Exits non-zero when the behaviour is not (or no longer) this.
set -eu
dir=$(mktemp -d)
redis=
trap 'if [ -n "$redis" ]; then kill "$redis" 2>/dev/null || true; fi; rm -rf "$dir"' EXIT INT TERM
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@6.0.0 old@npm:ioredis@5.8.2 >/dev/null 2>&1
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
bus=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
redis-server --port "$port" --cluster-port "$bus" --bind 127.0.0.1 --cluster-enabled yes --cluster-announce-ip 127.0.0.1 --save '' --dir "$dir" >/dev/null &
redis=$!
until redis-cli -p "$port" ping 2>/dev/null | grep -q PONG; do sleep 0.1; done
redis-cli -p "$port" cluster addslotsrange 0 16383 >/dev/null
until redis-cli -p "$port" cluster info | grep -q cluster_state:ok; do sleep 0.1; done
cat >try.cjs <<'JS'
const { setTimeout: wait } = require('node:timers/promises');
const [, , name, port] = process.argv;
const { Cluster, Redis } = require(name);
(async () => {
  const client = new Cluster([{ host: '127.0.0.1', port: Number(port) }], { slotsRefreshInterval: 100 });
  await new Promise((resolve) => client.once('ready', resolve));
  await client.get('any');
  const admin = new Redis({ host: '127.0.0.1', port: Number(port) });
  // A slow node: the next refresh waits for its answer.
  await admin.client('PAUSE', 1_000, 'ALL');
  admin.disconnect();
  await wait(300);
  client.disconnect();
  await wait(1_500);
  const kept = process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  console.log(`ioredis ${require(`${name}/package.json`).version}, node ${process.version}`);
  console.log('expected: status end, 0 timers');
  console.log(`seen: status ${client.status}, ${kept} timers`);
  process.exit(client.status === 'end' && kept > 0 ? 0 : 1);
})();
JS
node try.cjs ioredis "$port"
node try.cjs old "$port"
