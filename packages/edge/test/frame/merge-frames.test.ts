// Tests of mergeFrames: queued frames become one, with every message once, sorted by lane and in order within each lane.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BusFrame, FrameHead } from '@danmux/bus';
import type { Lane, Msg } from '@danmux/protocol';
import { mergeFrames } from '../../src/frame/merge-frames.ts';

const room = 'live:"1"弹';
function frame(lanes: Partial<Record<Lane, string[]>>, more: Partial<FrameHead> = {}): BusFrame {
  const texts = Object.entries(lanes).map(([lane, ids]) => [lane, ids.map((id) => JSON.stringify({ lane, id, data: '礼,]}"🚀' })).join(',')] as const);
  const counts = Object.fromEntries(Object.entries(lanes).map(([lane, ids]) => [lane, ids.length]));
  const characters = Object.fromEntries(texts.map(([lane, text]) => [lane, text.length]));
  return {
    head: { room, epoch: 'e', ranges: {}, counts, characters, traces: [], ...more },
    payload: `{"room":${JSON.stringify(room)},"msgs":[${texts.map(([, text]) => text).join(',')}]}`,
  };
}
const ids = ({ payload }: BusFrame) => (JSON.parse(payload) as { msgs: Msg[] }).msgs.map(({ id }) => id);

test('lanes come in their order, each as it was', () => {
  const merged = mergeFrames([
    frame({ chat: ['c1', 'c2'], ambient: ['a1'] }),
    frame({ control: ['n1'], gift: ['g1'] }),
    frame({ control: ['n2'], chat: ['c3'] }),
    frame({ gift: ['g2'] }),
  ]);
  assert.deepEqual(ids(merged), ['n1', 'n2', 'g1', 'g2', 'c1', 'c2', 'c3', 'a1']);
  assert.deepEqual(merged.head.counts, { chat: 3, ambient: 1, control: 2, gift: 2 });
  assert.equal((JSON.parse(merged.payload) as { room: string }).room, room);
});

test('a merged frame can be merged again', () => {
  const parts = ['a', 'b', 'c', 'd'].map((id) => frame({ gift: [`g${id}`], chat: [`c${id}`] }));
  const [one, two, three, four] = parts as [BusFrame, BusFrame, BusFrame, BusFrame];
  assert.deepEqual(mergeFrames([mergeFrames([one, two]), mergeFrames([three, four])]), mergeFrames(parts));
});

test('ranges span from the first to the last, shed counts add up, all traces are kept', () => {
  const merged = mergeFrames([
    frame({ gift: ['g'] }, { ranges: { gift: [3, 3] }, traces: [['g', 't']], shed: { chat: 2 } }),
    frame({}, { shed: { chat: 5 } }),
    frame({ chat: ['c', 'd'] }, { ranges: { chat: [1, 2] } }),
    frame({ gift: ['h'] }, { ranges: { gift: [4, 4] }, traces: [['h', 'u']] }),
  ]);
  assert.deepEqual(merged.head.ranges, { gift: [3, 4], chat: [1, 2] });
  assert.deepEqual(merged.head.shed, { chat: 7 });
  assert.deepEqual(merged.head.traces, [
    ['g', 't'],
    ['h', 'u'],
  ]);
  assert.deepEqual(ids(merged), ['g', 'h', 'c', 'd']);
});

test('one frame is itself', () => {
  const one = frame({ chat: ['c'] });
  assert.equal(mergeFrames([one]), one);
});
