// Writes a brotli and a gzip copy beside every text file of a folder, for a server that picks one by Accept-Encoding. Source maps are left out: only
// developer tools load them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const texts = /\.(?:js|css|html|svg|json)$/;
/** A file below this size fits into one packet anyway, so compression saves nothing. */
const leastBytes = 1_024;

export function precompress(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!texts.test(name)) continue;
    const file = join(folder, name);
    const bytes = readFileSync(file);
    if (bytes.length < leastBytes) continue;
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  }
}
