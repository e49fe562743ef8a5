// The script that writes cursors.
import { defineScript, rows } from './define-script.ts';

interface CursorsWrite {
  readonly lease: string;
  readonly cursors: string;
  readonly owner: string;
  readonly token: number;
  /** Field → value; null removes the field. */
  readonly values: readonly (readonly [field: string, value: string | null])[];
}

export const cursorsWrite = defineScript<CursorsWrite>({
  file: 'cursors-write',
  keys: ['lease', 'cursors'],
  args: [
    'owner',
    'token',
    rows('cursor', ({ values }) => values, { field: ([field]) => field, set: ([, value]) => (value === null ? '0' : '1'), value: ([, value]) => value ?? '' }),
  ],
});
