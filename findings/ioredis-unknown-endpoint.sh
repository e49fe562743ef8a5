#!/bin/sh
# ioredis 6.0.0 against Redis 7 with `cluster-preferred-endpoint-type unknown-endpoint`: CLUSTER SLOTS then names no host (null), which the
# Redis documentation defines as "the host this connection was made to". ioredis drops such nodes: the client connects, closes and
# reconnects for ever, is never ready, and no command succeeds; redis-cli -c works with the same server.
# Expected: the client uses the host it connected to, with the port of the answer.
# Needs node, npm, redis-server, redis-cli and the npm registry. Exits non-zero when the behaviour is not (or no longer) this.
set -eu
dir=$(mktemp -d)
redis=
trap 'if [ -n "$redis" ]; then kill "$redis" 2>/dev/null || true; fi; rm -rf "$dir"' EXIT INT TERM
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@6.0.0 >/dev/null 2>&1
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
port=$(free_port)
redis-server --port "$port" --cluster-port "$(free_port)" --bind 127.0.0.1 --cluster-enabled yes --cluster-announce-ip 127.0.0.1 \
  --cluster-preferred-endpoint-type unknown-endpoint --save '' --dir "$dir" >/dev/null &
redis=$!
until redis-cli -p "$port" ping 2>/dev/null | grep -q PONG; do sleep 0.1; done
redis-cli -p "$port" cluster addslotsrange 0 16383 >/dev/null
until redis-cli -p "$port" cluster info | grep -q cluster_state:ok; do sleep 0.1; done
echo "redis-cli -c: $(redis-cli -c -p "$port" set mine 1)"
cat >try.cjs <<'JS'
const { Cluster } = require('ioredis');
const { setTimeout: wait } = require('node:timers/promises');
(async () => {
  const client = new Cluster([{ host: '127.0.0.1', port: Number(process.argv[2]) }]);
  const seen = new Map();
  for (const event of ['connect', 'ready', 'close', 'reconnecting']) client.on(event, () => seen.set(event, (seen.get(event) ?? 0) + 1));
  client.on('error', () => {});
  const answer = await Promise.race([client.get('mine').catch((error) => error.message), wait(3_000, 'nothing in 3 s')]);
  console.log(`ioredis ${require('ioredis/package.json').version}, node ${process.version}`);
  console.log('expected: ready once, GET answers 1');
  console.log(`seen: GET answered ${answer}; events ${JSON.stringify([...seen])}`);
  process.exit(answer !== '1' && (seen.get('reconnecting') ?? 0) > 1 ? 0 : 1);
})();
JS
redis-server --version
node try.cjs "$port"
