// Loaded into each process of a soak (`--import`): at SIGUSR2 it collects garbage and writes the heap size to SOAK_HEAP_DIR/PID.json.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const folder = process.env.SOAK_HEAP_DIR ?? '';

process.on('SIGUSR2', () => {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  const file = join(folder, `${process.pid}.json`);
  writeFileSync(`${file}.new`, JSON.stringify({ heapUsed, external, resources: process.getActiveResourcesInfo().length }));
  renameSync(`${file}.new`, file);
});
