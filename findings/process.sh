#!/bin/sh
# npm 10.8.2: SIGTERM to `npm start` ends npm and the shell it started, and leaves the program running without a parent. npm passes
# the signal on to its child, which is the shell `sh -c SCRIPT`; dash does not pass it on, and npm ends at once, though its source says
# that it exits after all children have exited. With `exec` before the program, npm's signal reaches it and npm waits for its end.
# Expected: in both cases the program has ended when npm has. Exits with 0 when npm behaves as stated here.
set -eu
folder=$(mktemp -d)
trap 'kill $(cat "$folder"/*.pid 2>/dev/null) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"scripts":{"plain":"node program.cjs plain","exec":"exec node program.cjs exec"}}' > package.json
npm install --silent --no-save npm@10.8.2 >/dev/null
cat > program.cjs <<'PROGRAM'
const { writeFileSync } = require('node:fs');
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 500));
writeFileSync(`${process.argv[2]}.pid`, String(process.pid));
setTimeout(() => process.exit(1), 20_000);
PROGRAM
run() {
  node node_modules/npm/bin/npm-cli.js run --silent "$1" >/dev/null 2>&1 &
  npm=$!
  until [ -s "$1.pid" ]; do sleep 0.1; done
  kill -TERM "$npm"
  wait "$npm" || true
  if kill -0 "$(cat "$1.pid")" 2>/dev/null; then echo runs; else echo ended; fi
}
plain=$(run plain)
exec=$(run exec)
echo "npm $(node node_modules/npm/bin/npm-cli.js --version), node $(node --version), sh is $(readlink -f /bin/sh)"
echo "after npm has ended, expected: ended and ended; seen: the program $plain, the program behind exec $exec"
[ "$plain" = runs ] && [ "$exec" = ended ]
