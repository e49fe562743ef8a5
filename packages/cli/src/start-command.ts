// `danmux start`: runs the requested roles until a signal. With all roles in development it also prints the addresses to open and commands
// to try.
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { Lifecycle, type LoadedConfig, logConsole } from '@danmux/runtime';
import type { Command } from 'commander';
import { loadForCommand } from './load-for-command.ts';
import type { Node } from './roles.ts';

/**
 * V8 collects the whole heap each time it has grown by this many percent. With V8's default, the garbage of handshakes stays for a
 * long time and makes up a third of the memory of a connection; `npm run loadtest -- idle-connections` measures that memory.
 */
const heapGrowingPercent = 15;
/** Time that the drain of the process may take beyond the longest configured drain of a role, in milliseconds. */
const drainMarginMs = 5_000;
/** Pause under pm2 after a failed start, in milliseconds. pm2 restarts an ended process immediately; repeated failures would use a whole core. */
const failedStartMs = 1_000;

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('start a process with the given roles (by default all of them)')
    .option('-r, --role <roles>', 'edge, relay, api, worker, several separated by commas, or all', 'all')
    .action(async (options: { role: string }, command: Command) => {
      const loaded = loadForCommand(command);
      await start(loaded, options.role);
    });
}

async function start(loaded: LoadedConfig, roles: string): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${heapGrowingPercent}`);
  const { config } = loaded;
  // Imported here, because the packages of the roles take most of a second to load and the other commands need none of them.
  const { composeNode, parseRoles } = await import('./roles.ts');
  const node = composeNode(config, parseRoles(roles), undefined, loaded.environment);
  const lifecycle = new Lifecycle({ log: node.runtime.log, drainTimeoutMs: Math.max(config.edge.drain_ms, config.api.drain_ms) + drainMarginMs });
  for (const part of node.parts) lifecycle.add(part);
  lifecycle.handleSignals();
  logConsole(node.runtime.log);
  try {
    if (!(await lifecycle.start())) return;
  } catch (error) {
    node.runtime.log.fatal({ err: error }, 'could not start');
    if (process.connected) await pause(failedStartMs);
    await lifecycle.end('start failed', 1);
    return;
  }
  node.runtime.log.info({ engine: node.bus.engine, environment: loaded.environment, addresses: node.addresses() }, 'started');
  if (roles === 'all' && loaded.environment === 'development') process.stdout.write(greeting(loaded, node));
}

function greeting({ config, madeSecrets }: LoadedConfig, node: Node): string {
  const { api = '', edge = '' } = node.addresses();
  const key = config.api.key || 'YOUR_API_KEY';
  const lines = [
    '',
    '  danmux is running.',
    '',
    `  Open     http://${api}/demo/?room=live:1001`,
    `  Console  http://${api}/console/`,
    `  API      http://${api}/docs`,
    `  Viewers  http://${edge}  (socket.io)`,
    ...(madeSecrets.length > 0 ? [`  Secrets  .danmux/secrets.json (made for this folder: ${madeSecrets.join(', ')})`] : []),
    '',
    '  Send a gift:',
    '',
    `    php clients/php/examples/push-gift.php live:1001`,
    '',
    `    curl -X POST http://${api}/v1/rooms/live:1001/messages \\`,
    `      -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `      -d '{"type":"gift","from":{"id":"u1","name":"小明"},"data":{"gift":"rocket","name":"火箭","count":1}}'`,
    '',
    '  Stop with Ctrl-C.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}
