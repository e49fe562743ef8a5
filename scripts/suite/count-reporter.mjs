// A node:test reporter that writes each result as a line of JSON, for node-tests.ts to count. What did not test anything is
// a result too, and no pass: a skipped test, a suite without tests, a file without tests.
import { resolve } from 'node:path';

export default async function* report(events) {
  // Whether a test has ended on each level since the last suite of the level above; a suite's tests end before it does.
  const ended = [];
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { file, name, nesting, details, skip, todo } = data;
    const good = type === 'test:pass';
    const suite = details?.type === 'suite';
    const inside = ended[nesting + 1] === true;
    ended.length = nesting + 1;
    ended[nesting] = true;
    // A suite is no test, and it fails with its tests; only a hook that failed is a failure of its own.
    if (suite && inside && (good || details?.error?.failureType === 'subtestsFailed')) continue;
    // node:test reports a file without tests as a test that has the file's name.
    const hollow = good && (suite || resolve(name) === file);
    const skipped = skip !== undefined || todo !== undefined;
    yield `${JSON.stringify({ file, name, passed: good && !hollow && !skipped, hollow, skipped })}\n`;
  }
}
