// A node:test reporter that writes each result as a line of JSON, for node-tests.ts to count. A skipped test is not a pass.
export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const suite = data.details?.type === 'suite';
    const failure = data.details?.error?.failureType;
    // A suite is no test, and it fails with its tests; only a hook that failed is a failure of its own.
    if (suite && (type === 'test:pass' || failure === 'subtestsFailed')) continue;
    // A file without tests is reported as a test that has the file's name.
    const hollow = type === 'test:pass' && data.name === data.file;
    const skipped = data.skip !== undefined || data.todo !== undefined;
    yield `${JSON.stringify({ file: data.file, name: data.name, passed: type === 'test:pass' && !hollow && !skipped, skipped, hollow })}\n`;
  }
}
