// `npm run loadtest -- SCENARIO`: runs scenarios against danmux and its peers and writes reports of the results.
import { Command, InvalidArgumentError } from 'commander';
import { chooseCores, moveToCore } from './process/core.ts';
import { writePerformancePage, writeReport } from './report/files.ts';
import { describeMachine } from './report/machine.ts';
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

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number above 0');
  return value;
}

const servers = ['danmux', ...Object.keys(peers)];

function serverNames(text: string): string {
  const unknown = text.split(',').filter((name) => !servers.includes(name));
  if (unknown.length > 0) throw new InvalidArgumentError(`there is no server ${unknown.join(', ')}; there are ${servers.join(', ')}`);
  return text;
}

function wanted({ only, peers: withPeers }: Options): (server: string) => boolean {
  const names = only?.split(',');
  return (server) => names?.includes(server) ?? (withPeers || server === 'danmux');
}

/** Resolves with true when every acceptance criterion was met. */
async function runScenario(scenario: Scenario, options: Options): Promise<boolean> {
  const cores = chooseCores(options.pin);
  moveToCore(cores.clients);
  const machine = describeMachine(cores.server !== undefined);
  const { viewers, seconds, rate, deflate } = options;
  const report = await scenario.run({ cores, viewers, seconds, rate, deflate, wants: wanted(options), progress: makeProgress() });
  for (const line of linesOf(report)) say(line);
  for (const path of writeReport({ at: new Date().toISOString(), command: commandLine(), machine, report }, options)) say(`written: ${path}`);
  return report.acceptance.every(({ passed }) => passed);
}

/** The command as typed, without the output paths. */
function commandLine(): string {
  const typed = process.argv.slice(2);
  const shown = typed.filter((word, at) => !/^--(json|html)/.test(word) && !['--json', '--html'].includes(typed[at - 1] ?? ''));
  return ['npm run loadtest --', ...shown].join(' ');
}

/** Runs the scenarios one by one, and continues after a failure. */
async function runAll(options: Options): Promise<boolean> {
  let passed = true;
  for (const scenario of scenarios) {
    try {
      passed = (await runScenario(scenario, options)) && passed;
    } catch (error) {
      say(`${scenario.name} failed: ${(error as Error).stack}`);
      passed = false;
    }
  }
  return passed;
}

function withOptions(command: Command): Command {
  return command
    .option('--viewers <n>', 'viewers, instead of the scenario’s own number', positive)
    .option('--seconds <n>', 'length of each measured window', positive)
    .option('--rate <n>', 'chat messages a second, instead of the rates that the scenario searches or sets', positive)
    .option('--only <servers>', `run these servers only: ${servers.join(', ')}`, serverNames)
    .option('--no-peers', 'run danmux alone')
    .option('--deflate', 'viewers offer permessage-deflate', false)
    .option('--no-pin', 'leave the choice of cores to the kernel')
    .option('--json <file>', 'where to write the report as JSON')
    .option('--html <file>', 'where to write the report as a page');
}

const exitWith = (passed: boolean) => {
  if (!passed) process.exitCode = 1;
};

// Servers run in process groups of their own and are ended by the exit handler, which a signal alone would skip.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => process.exit(code));

const program = new Command('loadtest').description('Load scenarios against danmux and its peers on this machine.');
for (const scenario of scenarios) {
  withOptions(program.command(scenario.name).description(scenario.does)).action(async (options: Options) => exitWith(await runScenario(scenario, options)));
}
withOptions(program.command('all').description('every scenario, one after the other')).action(async (options: Options) => exitWith(await runAll(options)));
program
  .command('report')
  .description('write docs/performance.md from the JSON files of the last runs')
  .option('--from <folder>', 'folder of the JSON files')
  .option('--out <file>', 'where to write the page')
  .action((options: { from?: string; out?: string }) => say(`written: ${writePerformancePage(options)}`));
await program.parseAsync();
