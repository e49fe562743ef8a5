// Measures TCP bytes per delivered message, with and without permessage-deflate, at several frame sizes, compared with socket.io, which
// sends each message in a frame of its own.
import type { Acceptance, Run, ScenarioReport } from '../report/report.ts';
import type { Stage } from '../stage.ts';
import type { Window } from '../window.ts';
import { type Context, ledgerLines, onDanmux, onPeer, present, runOf, type Scenario } from './scenario.ts';

const sizes = [10, 50, 100] as const;
const framesPerSecond = 5;
/** A rate that socket.io sustains. */
const peerRate = 20;

interface Found {
  readonly run: Run;
  readonly size: number;
  readonly deflate: boolean;
  readonly window: Window;
}

async function measure(stage: Stage, context: Context, rate: number): Promise<{ run: Run; window: Window }> {
  const opened = await stage.open();
  await stage.publish({ chat: rate, gift: 0 });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const window = await stage.watch(context.seconds ?? 8, 'steady');
  const settled = await stage.settle();
  const figures = {
    'bytes a delivered message': window.bytesPerDelivery,
    'messages a frame': window.messagesPerFrame,
    'CPU s a million deliveries': window.cpuSecondsPerMillion,
    'viewers with deflate': opened.deflate,
  };
  return { run: runOf(stage, { figures, windows: [{ label: 'steady', window }], settled }), window };
}

async function measureDanmux(context: Context, viewers: number, size: number, deflate: boolean): Promise<Found | undefined> {
  const choice = { viewers, deflate, chatBurst: size };
  const found = await onDanmux(context, { shedding: false }, choice, (stage) => measure(stage, context, size * framesPerSecond));
  if (!found) return undefined;
  const run = { ...found.run, title: `danmux, ${size} messages a frame, ${deflate ? 'deflate' : 'plain'}` };
  return { run, size, deflate, window: found.window };
}

function judge(all: readonly Found[], peer: Window | undefined): Acceptance[] {
  if (!peer) return [];
  return all.flatMap(({ size, deflate, window }) => {
    if (!deflate) return [];
    const bound = size >= 50 ? 1 / 4 : 1 / 2.5;
    const ratio = window.bytesPerDelivery / peer.bytesPerDelivery;
    const at = `at ${window.messagesPerFrame.toFixed(0)} messages a frame`;
    const bytes = `${ratio.toFixed(3)}× (${window.bytesPerDelivery.toFixed(1)} against ${peer.bytesPerDelivery.toFixed(1)} bytes)`;
    const cpu = `${window.cpuSecondsPerMillion.toFixed(2)} against ${peer.cpuSecondsPerMillion.toFixed(2)} CPU s a million`;
    return [
      { what: `bytes a delivered message with deflate ${at}, over socket.io`, bound: `≤ ${bound.toFixed(2)}×`, measured: bytes, passed: ratio <= bound },
      {
        what: `CPU a delivery with deflate ${at}`,
        bound: 'less than socket.io',
        measured: cpu,
        passed: window.cpuSecondsPerMillion < peer.cpuSecondsPerMillion,
      },
    ];
  });
}

export const wireBytes: Scenario = {
  name: 'wire-bytes',
  does: 'Bytes on the wire per delivered message at 10, 50 and 100 messages per frame, deflate on and off',
  async run(context): Promise<ScenarioReport> {
    const viewers = context.viewers ?? 500;
    const found: (Found | undefined)[] = [];
    for (const size of sizes) for (const deflate of [false, true]) found.push(await measureDanmux(context, viewers, size, deflate));
    const adapter = await onPeer(context, 'redis-adapter', { viewers }, (stage) => measure(stage, context, peerRate));
    const all = present(found);
    const runs = [...all.map(({ run }) => run), ...present([adapter?.run])];
    return { scenario: 'wire-bytes', does: wireBytes.does, options: { viewers }, runs, acceptance: [...judge(all, adapter?.window), ...ledgerLines(runs)] };
  },
};
