// A node:test reporter that writes each result as a line of JSON for node-tests.ts, with the start of the error of a failed one. A skipped test, a suite without tests and a file
// without tests are results too, and count as failed.
import { resolve } from 'node:path';

export default async function* report(events) {
  // For each nesting level: whether a test or suite of that level has ended since the last one of the level above ended. A suite is reported after
  // its tests, so this tells whether it has any.
  const ended = [];
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { file, name, nesting, details, skip, todo } = data;
    const good = type === 'test:pass';
    const suite = details?.type === 'suite';
    const inside = ended[nesting + 1] === true;
    ended.length = nesting + 1;
    ended[nesting] = true;
    // A suite fails when its tests fail, so it counts only when a hook failed.
    if (suite && inside && (good || details?.error?.failureType === 'subtestsFailed')) continue;
    // node:test reports a file without tests as a test that has the file's name.
    const hollow = good && (suite || resolve(name) === file);
    const skipped = skip !== undefined || todo !== undefined;
    yield `${JSON.stringify({ file, name, passed: good && !hollow && !skipped, hollow, skipped, ...(good ? {} : { error: errorText(details?.error) }) })}\n`;
  }
}

/** The thrown error is the cause of the one that the runner reports. */
const errorText = (error) => String(error?.cause?.stack ?? error?.cause?.message ?? error?.message ?? error).slice(0, 1_500);
