// `npm run loadtest -- SCENARIO`: runs scenarios against danmux and its peers and writes what was measured.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { chooseCores, moveToCore } from './process/core.ts';
import { describeMachine } from './report/machine.ts';
import type { ReportFile } from './report/report.ts';
import { linesOf } from './report/text-table.ts';
import { scenarios } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { peers } from './servers/peer.ts';
import { makeProgress, say } from './terminal.ts';

interface Options {
  readonly viewers?: number;
  readonly seconds?: number;
  readonly rate?: number;
  readonly only?: string;
  readonly peers: boolean;
  readonly deflate: boolean;
  readonly pin: boolean;
  readonly json?: string;
  readonly html?: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above 0 is wanted');
  return value;
}

function wantedServers({ only, peers: withPeers }: Options): (server: string) => boolean {
  if (only === undefined) return (server) => withPeers || server === 'danmux';
  const names = only.split(',');
  const known = ['danmux', ...Object.keys(peers)];
  for (const name of names) if (!known.includes(name)) throw new Error(`there is no server ${name}; there are ${known.join(', ')}`);
  return (server) => names.includes(server);
}

async function runScenario(scenario: Scenario, options: Options): Promise<boolean> {
  const cores = chooseCores(options.pin);
  moveToCore(cores.clients);
  const machine = describeMachine(cores.server !== undefined);
  const { viewers, seconds, rate, deflate } = options;
  const report = await scenario.run({ cores, viewers, seconds, rate, deflate, wants: wantedServers(options), progress: makeProgress(), say });
  for (const line of linesOf(report)) say(line);
  const file: ReportFile = { at: new Date().toISOString(), command: `npm run loadtest -- ${process.argv.slice(2).join(' ')}`, machine, report };
  write(options.json ?? join(root, `artifacts/loadtest/${scenario.name}.json`), `${JSON.stringify(file, null, 1)}\n`);
  return report.acceptance.every(({ passed }) => passed);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  say(`written: ${path}`);
}

const program = new Command('loadtest').description('Load scenarios against danmux and its peers on this machine.');
for (const scenario of scenarios) {
  program
    .command(scenario.name)
    .description(scenario.does)
    .option('--viewers <n>', 'viewers, instead of the scenario’s own number', positive)
    .option('--seconds <n>', 'length of each measured window', positive)
    .option('--rate <n>', 'chat messages a second, instead of a search or the scenario’s own', positive)
    .option('--only <servers>', `run these servers only: danmux, ${Object.keys(peers).join(', ')}`)
    .option('--no-peers', 'run danmux alone')
    .option('--deflate', 'viewers offer permessage-deflate', false)
    .option('--no-pin', 'leave the choice of cores to the kernel')
    .option('--json <file>', 'where to write the report as JSON')
    .option('--html <file>', 'where to write the report as a page')
    .action(async (options: Options) => {
      if (!(await runScenario(scenario, options))) process.exitCode = 1;
    });
}
await program.parseAsync();
