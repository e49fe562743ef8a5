// After the timeout of a message with receipts, emits one webhook event per room with its counts: messages
// sent, receipts received and receipts missing.
import { type Bus, isUserRoom, personalRoom, type ReceiptState } from '@danmux/bus';
import { jobIdOf, type RunningJob } from '@danmux/jobs';
import type { Runtime } from '@danmux/runtime';
import { EventWriter } from '@danmux/webhooks';

/** The handler of the job `receipts`. */
export function receiptsJob(runtime: Runtime, bus: Pick<Bus, 'receipts' | 'events'>): (job: RunningJob<'receipts'>) => Promise<void> {
  const events = new EventWriter(runtime, bus);
  return async ({ data: { id } }) => {
    if (!events.wants('message.receipts')) return;
    const state = await bus.receipts.find(id);
    for (const room of state?.rooms ?? []) {
      const totals = totalsOf(state as ReceiptState, room);
      // Backends know the internal rooms of users as `@me`.
      await events.emit(isUserRoom(room) ? personalRoom : room, 'message.receipts', { id, ...totals }, jobIdOf('receipts', `${id} ${room}`));
    }
  };
}

function totalsOf({ counts }: ReceiptState, room: string): { sent: number; received: number; missing: number } {
  const own = counts.filter((count) => count.room === room);
  const sent = own.reduce((sum, count) => sum + count.sent, 0);
  const received = own.reduce((sum, count) => sum + count.received, 0);
  return { sent, received, missing: Math.max(0, sent - received) };
}
