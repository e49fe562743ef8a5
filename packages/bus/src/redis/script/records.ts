// The scripts of records.
import type { RecordField } from '../../contract/records.ts';
import { defineScript, rows } from './define-script.ts';

interface RecordsSet {
  readonly record: string;
  readonly names: string;
  readonly ends: string;
  readonly recordName: string;
  /** '' for any version. */
  readonly expectedVersion: number | '';
  readonly nowMs: number;
  readonly publishCommand: string;
  readonly channel: string;
  readonly change: string;
  readonly emptyTtlMs: number;
  /** Null removes a field. */
  readonly fields: readonly (readonly [name: string, field: RecordField | null])[];
}

export const recordsSet = defineScript<RecordsSet>({
  file: 'records-set',
  keys: ['record', 'names', 'ends'],
  args: [
    ...(['recordName', 'expectedVersion', 'nowMs', 'publishCommand', 'channel', 'change', 'emptyTtlMs'] as const),
    rows('field', ({ fields }) => fields, {
      name: ([name]) => name,
      until: ([, field]) => (field ? storedUntil(field) : -1),
      value: ([, field]) => field?.value ?? '',
    }),
  ],
});

export const recordsPage = defineScript({ file: 'records-page', keys: ['record', 'names'], args: ['prefix', 'hasCursor', 'cursor', 'limit', 'nowMs'] });

export const recordsSweep = defineScript({
  file: 'records-sweep',
  keys: ['record', 'names', 'ends'],
  args: ['recordName', 'nowMs', 'emptyTtlMs', 'fieldNames…'],
});

/** Expiry as the script stores it: 0 means never. */
function storedUntil({ until }: RecordField): number {
  return until === undefined ? 0 : Math.min(Number.MAX_SAFE_INTEGER, Math.max(1, Math.floor(until)));
}
