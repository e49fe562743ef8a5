#!/bin/sh
# ioredis 6.0.0: a client made with a database number whose SELECT the server refuses (it does not exist, or the user may not select)
# becomes ready all the same and works in database 0: what is written lands among the keys of another application. There is an 'error'
# event, which clients that reconnect by themselves commonly only log; every command after it succeeds.
# Expected: a connection whose SELECT was refused never becomes ready.
# Needs node, npm, redis-server and the npm registry. Exits non-zero when the behaviour is not (or no longer) this.
set -eu
dir=$(mktemp -d)
redis=
trap 'if [ -n "$redis" ]; then kill "$redis" 2>/dev/null || true; fi; rm -rf "$dir"' EXIT INT TERM
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@6.0.0 >/dev/null 2>&1
port=$(node -e 'const s = require("net").createServer().listen(0, () => { console.log(s.address().port); s.close(); })')
redis-server --port "$port" --bind 127.0.0.1 --databases 16 --save '' --dir "$dir" >/dev/null &
redis=$!
cat >try.cjs <<'JS'
const { Redis } = require('ioredis');
const port = Number(process.argv[2]);
(async () => {
  const admin = new Redis({ port });
  const server = /redis_version:(\S+)/.exec(await admin.info('server'))[1];
  const client = new Redis({ port, db: 99 });
  const errors = [];
  client.on('error', (error) => errors.push(error.message));
  const wrote = await client.set('mine', '1').catch((error) => error.message);
  const inZero = await admin.get('mine');
  console.log(`ioredis ${require('ioredis/package.json').version}, redis ${server}, node ${process.version}`);
  console.log('expected: database 99 of 16: no command succeeds, database 0 stays empty');
  console.log(`seen: status ${client.status}, SET answered ${wrote}, errors ${JSON.stringify(errors)}, database 0 has mine = ${inZero}`);
  client.disconnect();
  admin.disconnect();
  process.exitCode = wrote === 'OK' && inZero === '1' ? 0 : 1;
})();
JS
node try.cjs "$port"
