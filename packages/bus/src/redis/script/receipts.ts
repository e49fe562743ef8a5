// The scripts of receipt counts.
import type { ReceiptCount } from '../../contract/receipts.ts';
import { defineScript, rows } from './define-script.ts';

interface ReceiptsReport {
  readonly counts: string;
  readonly ttlMs: number;
  readonly reported: readonly ReceiptCount[];
}

export const receiptsOpen = defineScript({ file: 'receipts-open', keys: ['counts'], args: ['room', 'acceptedAt', 'ttlMs'] });

export const receiptsReport = defineScript<ReceiptsReport>({
  file: 'receipts-report',
  keys: ['counts'],
  args: [
    'ttlMs',
    rows('count', ({ reported }) => reported, { place: ({ room, edge }) => `${room} ${edge}`, sent: ({ sent }) => sent, received: ({ received }) => received }),
  ],
});
