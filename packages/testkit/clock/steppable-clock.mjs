// Loaded into a process under test before anything else: its wall clock goes by the number of milliseconds in the file that
// DANMUX_TEST_CLOCK names, read again and again, so that a test can step it. Timers and the monotonic clock stay as they are.
import { readFileSync } from 'node:fs';

const file = process.env['DANMUX_TEST_CLOCK'] ?? '';
const RealDate = Date;
let offset = 0;

function read() {
  try {
    offset = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // No file yet: the clock is right.
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
