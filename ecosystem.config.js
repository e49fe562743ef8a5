// The cluster under pm2: edges (one port each), two relays, api processes on one shared port, a worker. It needs REDIS_URL and
// starts nothing without it. DANMUX_EDGES and DANMUX_APIS set the number of edges and api processes, 2 each by default.
const { execFileSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// pm2 sends telemetry and looks for updates unless both are set.
process.env.PM2_DISCRETE_MODE ??= 'true';
process.env.PM2_DISABLE_VERSION_CHECK ??= 'true';

if (!process.env.REDIS_URL && !process.argv.some((word) => ['stop', 'delete', 'describe', 'logs'].includes(word))) {
  console.error('danmux: set REDIS_URL to the Redis of the cluster, e.g. REDIS_URL=redis://127.0.0.1:6379 npx pm2 start ecosystem.config.js');
  process.exit(1);
}

const script = join(__dirname, 'packages/cli/bin/danmux.js');
// Build here, or every process would build at the same time.
if (!existsSync(join(__dirname, 'packages/cli/dist/main.js'))) execFileSync('npm', ['run', '--silent', 'build'], { cwd: __dirname, stdio: 'inherit' });

const basePorts = {
  edge: Number(process.env.DANMUX_EDGE_PORT ?? 7700),
  relay: Number(process.env.DANMUX_RELAY_PORT ?? 7600),
  worker: Number(process.env.DANMUX_WORKER_PORT ?? 7650),
};

function app(role, index, extra) {
  const port = role in basePorts ? { [`DANMUX_${role.toUpperCase()}_PORT`]: String(basePorts[role] + index) } : {};
  return {
    name: role === 'api' ? 'danmux-api' : `danmux-${role}-${index}`,
    namespace: 'danmux',
    cwd: __dirname,
    script,
    args: ['start', '--role', role],
    exec_mode: 'fork',
    instances: 1,
    env: port,
    // A process sends `ready` itself, and needs time to drain at the end.
    wait_ready: true,
    listen_timeout: 15_000,
    kill_timeout: 15_000,
    autorestart: true,
    exp_backoff_restart_delay: 100,
    max_restarts: 1_000,
    merge_logs: true,
    ...extra,
  };
}

const edges = Array.from({ length: Number(process.env.DANMUX_EDGES ?? 2) }, (_, index) => app('edge', index));
module.exports = {
  apps: [
    app('relay', 0),
    app('relay', 1),
    app('worker', 0),
    ...edges,
    // Cluster mode shares one port, and a reload starts the new process before it ends the old one.
    app('api', 0, { exec_mode: 'cluster', instances: Number(process.env.DANMUX_APIS ?? 2) }),
  ],
};
