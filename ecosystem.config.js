// The cluster under pm2: edges (one port each), two relays, api processes on one shared port, a worker. It needs REDIS_URL, checks the
// settings first, and starts nothing when one is wrong or missing. DANMUX_EDGES and DANMUX_APIS set the number of edges and api processes, 2
// each by default; docs/operations.md says how to change them while the cluster runs.
const { execFileSync, spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// pm2 sends telemetry and looks for updates unless both are set.
process.env.PM2_DISCRETE_MODE ??= 'true';
process.env.PM2_DISABLE_VERSION_CHECK ??= 'true';

const script = join(__dirname, 'packages/cli/bin/danmux.js');
/** pm2 reads this file for every command; these start nothing. */
const startsNothing = ['stop', 'delete', 'describe', 'logs', 'scale'].some((word) => process.argv.includes(word));
if (!startsNothing) {
  if (!process.env.REDIS_URL) refuse('set REDIS_URL to the Redis of the cluster, e.g. REDIS_URL=redis://127.0.0.1:6379 npx pm2 start ecosystem.config.js');
  // Build here, or every process would build at the same time.
  if (!existsSync(join(__dirname, 'packages/cli/dist/main.js'))) execFileSync('npm', ['run', '--silent', 'build'], { cwd: __dirname, stdio: 'inherit' });
  checkSettings();
}

/** Ends the pm2 command, so that no process starts with settings it would refuse. */
function checkSettings() {
  const { status, stderr } = spawnSync(process.execPath, [script, 'config', 'check'], {
    cwd: __dirname,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (stderr) console.error(stderr.trimEnd());
  if (status !== 0) refuse('the settings are not good, so nothing was started or reloaded.');
}

function refuse(reason) {
  console.error(`danmux: ${reason}`);
  process.exit(1);
}

function countOf(name) {
  const count = Number(process.env[name] || 2);
  return Number.isInteger(count) && count > 0 ? count : refuse(`${name} must be a number of processes, 1 or more; got "${process.env[name]}".`);
}

/** Passed to every process by name: what pm2 itself hands on at a reload reaches only processes in cluster mode. */
const settings = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(DANMUX_|REDIS_URL$|NODE_ENV$)/.test(name)));

const basePorts = {
  edge: Number(process.env.DANMUX_EDGE_PORT ?? 7700),
  relay: Number(process.env.DANMUX_RELAY_PORT ?? 7600),
  worker: Number(process.env.DANMUX_WORKER_PORT ?? 7650),
};

function app(role, index, extra) {
  const port = role in basePorts ? { [`DANMUX_${role.toUpperCase()}_PORT`]: String(basePorts[role] + index) } : {};
  // For `{index}` in edge.public_url.
  const number = role === 'edge' ? { DANMUX_EDGE_INDEX: String(index) } : {};
  // Edges and apis run side by side, so each edge has a metrics port of its own after that of the api.
  const { DANMUX_METRICS_PORT: base } = process.env;
  const metrics = base && role in { edge: 1, api: 1 } ? { DANMUX_METRICS_PORT: String(Number(base) + (role === 'edge' ? 1 + index : 0)) } : {};
  return {
    name: role === 'api' ? 'danmux-api' : `danmux-${role}-${index}`,
    namespace: 'danmux',
    cwd: __dirname,
    script,
    args: ['start', '--role', role],
    exec_mode: 'fork',
    instances: 1,
    env: { ...settings, ...port, ...number, ...metrics },
    // A process sends `ready` itself, and needs time to drain at the end.
    wait_ready: true,
    listen_timeout: 15_000,
    kill_timeout: 15_000,
    autorestart: true,
    // A process that ended within 30 s of its start six times in a row is `errored` and stays down. (With a restart delay pm2 never says
    // `errored`, but `waiting restart` for ever.)
    min_uptime: 30_000,
    max_restarts: 6,
    merge_logs: true,
    ...extra,
  };
}

const edges = Array.from({ length: countOf('DANMUX_EDGES') }, (_, index) => app('edge', index));
module.exports = {
  apps: [
    app('relay', 0),
    app('relay', 1),
    app('worker', 0),
    ...edges,
    // Cluster mode shares one port, and a reload starts the new process before it ends the old one.
    app('api', 0, { exec_mode: 'cluster', instances: countOf('DANMUX_APIS') }),
  ],
};
