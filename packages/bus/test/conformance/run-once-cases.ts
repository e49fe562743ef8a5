// runOnce: work requested by several processes runs once; a failure of the claim or the work releases the key.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { type OnceClaim, runOnce } from '../../src/run-once.ts';
import type { MakeEngine } from './case-kit.ts';

const claim = (id: string, body = 'approve'): OnceClaim => ({ key: 'k', body, id });

export function runOnceCases(engine: MakeEngine): void {
  describe('work that runs once', () => {
    test('one of many attempts runs, later ones get its answer, another body is refused', async () => {
      const {
        bus: { claims },
      } = await engine();
      const options = { keepMs: 60_000, giveUp: claims.forget.bind(claims) };
      let runs = 0;
      let begun: () => void = () => {};
      let end: () => void = () => {};
      const started = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const ending = new Promise<void>((resolve) => {
        end = resolve;
      });
      const first = runOnce(claims, claim('c1'), options, async () => {
        runs++;
        begun();
        await ending;
        return 'answer';
      });
      await started;
      const work = async () => `run ${++runs}`;
      assert.deepEqual(await runOnce(claims, claim('c2'), options, work), { state: 'in_flight' });
      assert.deepEqual(await runOnce(claims, claim('c3', 'reject'), options, work), { state: 'mismatch' });
      end();
      assert.deepEqual(await first, { state: 'done', answer: 'answer' });
      assert.deepEqual(await runOnce(claims, claim('c4'), options, work), { state: 'done', answer: 'answer' });
      assert.equal(runs, 1);
    });

    test('work that throws releases the claim: the next attempt runs, also with another body', async () => {
      const {
        bus: { claims },
      } = await engine();
      const options = { keepMs: 60_000, giveUp: claims.forget.bind(claims) };
      const failing = runOnce(claims, claim('c1'), options, async () => {
        throw new DanmuxError('lane_full');
      });
      await assert.rejects(failing, { code: 'lane_full' });
      assert.deepEqual(await runOnce(claims, claim('c2', 'reject'), options, async () => 'x'), { state: 'done', answer: 'x' });
    });

    test('a claim whose reply was lost is released, so that a retry need not wait for its expiry', async () => {
      const {
        bus: { claims },
      } = await engine();
      const options = { keepMs: 60_000, giveUp: claims.forget.bind(claims) };
      const lossy = {
        begin: async (key: string, body: string, id: string) => {
          await claims.begin(key, body, id);
          throw new DanmuxError('unavailable');
        },
        finish: claims.finish.bind(claims),
      };
      await assert.rejects(
        runOnce(lossy, claim('c1'), options, async () => assert.fail('the work must not run')),
        { code: 'unavailable' },
      );
      assert.deepEqual(await runOnce(claims, claim('c2'), options, async () => 'x'), { state: 'done', answer: 'x' });
    });

    test('when the answer cannot be stored, runOnce rejects and keeps the claim, because the work is done', async () => {
      const {
        bus: { claims },
      } = await engine();
      const options = { keepMs: 60_000, giveUp: claims.forget.bind(claims) };
      const broken = {
        begin: claims.begin.bind(claims),
        finish: async () => {
          throw new DanmuxError('unavailable');
        },
      };
      await assert.rejects(
        runOnce(broken, claim('c1'), options, async () => 'x'),
        { code: 'unavailable' },
      );
      assert.deepEqual(await runOnce(claims, claim('c2'), options, async () => 'y'), { state: 'in_flight' });
    });
  });
}
