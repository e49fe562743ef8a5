#!/bin/sh
# BullMQ 6.7.0: a worker tells by Date.now() which locks of running jobs to renew. A wall clock that is set back (an NTP step) therefore
# stops the renewal until it has caught up: the lock ends, and a second worker runs the same job while the first one still does.
# Expected: locks are renewed by elapsed time, so that the job runs once.
# Needs node, npm, redis-server and the npm registry. Exits non-zero when the behaviour is not (or no longer) this.
set -eu
dir=$(mktemp -d)
redis=
trap 'if [ -n "$redis" ]; then kill "$redis" 2>/dev/null || true; fi; rm -rf "$dir"' EXIT INT TERM
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund bullmq@6.7.0 ioredis@5 >/dev/null 2>&1
port=$(node -e 'const s = require("net").createServer().listen(0, () => { console.log(s.address().port); s.close(); })')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$dir" >/dev/null &
redis=$!
cat >try.cjs <<'JS'
const { Queue, Worker } = require('bullmq');
const { setTimeout: wait } = require('timers/promises');
const connection = { host: '127.0.0.1', port: Number(process.argv[2]), maxRetriesPerRequest: null };
const options = { connection, lockDuration: 1000, stalledInterval: 500, maxStalledCount: 5 };
(async () => {
  const tried = async (back) => {
    const name = `q${back}`;
    const runs = [];
    const run = (worker) => async () => { runs.push(worker); await wait(5000); };
    const first = new Worker(name, run('first'), options);
    const queue = new Queue(name, { connection });
    for (const each of [first, queue]) each.on('error', () => {});
    await queue.add('job', {});
    while (runs.length === 0) await wait(10);
    const second = new Worker(name, run('second'), options);
    second.on('error', () => {});
    const now = Date.now;
    Date.now = () => now() - back;
    await wait(4500);
    Date.now = now;
    await Promise.all([first.close(true), second.close(true), queue.close()]);
    return runs.length;
  };
  const [steady, stepped] = [await tried(0), await tried(3600000)];
  console.log(`bullmq ${require('bullmq/package.json').version}: begun ${steady} time(s) under a steady clock, expected 1`);
  console.log(`begun ${stepped} time(s) when the clock is set back by an hour while it runs, expected 1`);
  process.exit(steady === 1 && stepped > 1 ? 0 : 1);
})();
JS
node try.cjs "$port"
