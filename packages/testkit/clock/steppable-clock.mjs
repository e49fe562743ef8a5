// Shifts the wall clock of a process under test; loaded with --import before all other modules. The offset in milliseconds is read every
// 50 ms from the file named by DANMUX_TEST_CLOCK. Timers and the monotonic clock are not changed.
import { readFileSync } from 'node:fs';

const file = process.env['DANMUX_TEST_CLOCK'] ?? '';
const RealDate = Date;
let offset = 0;

function read() {
  try {
    offset = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // The file does not exist yet: no offset.
    offset = 0;
  }
}

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offset);
    else super(...args);
  }
  static now() {
    return RealDate.now() + offset;
  }
};
read();
setInterval(read, 50).unref();
