// Latencies per lane as HdrHistograms, with an encoded form that processes exchange and merge.
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Encoded histograms by name, usually a lane. */
export type EncodedLatencies = Readonly<Record<string, string>>;

export class Latencies {
  readonly #byName = new Map<string, Histogram>();

  /** Records milliseconds. Negative values count as zero, since clocks of two processes may differ by 1 ms. */
  record(name: string, ms: number): void {
    this.#of(name).recordValue(Math.max(0, Math.round(ms)));
  }

  merge(encoded: EncodedLatencies): void {
    for (const [name, text] of Object.entries(encoded)) this.#of(name).add(decodeFromCompressedBase64(text) as Histogram);
  }

  /** Returns the values recorded since the last call. */
  takeEncoded(): EncodedLatencies {
    const encoded: Record<string, string> = {};
    for (const [name, histogram] of this.#byName) {
      if (histogram.totalCount > 0) encoded[name] = encodeIntoCompressedBase64(histogram);
      histogram.reset();
    }
    return encoded;
  }

  percentiles(name: string): Percentiles | undefined {
    const histogram = this.#byName.get(name);
    if (!histogram || histogram.totalCount === 0) return undefined;
    const at = (percentile: number) => histogram.getValueAtPercentile(percentile);
    return { count: histogram.totalCount, p50: at(50), p90: at(90), p99: at(99), max: histogram.maxValue };
  }

  /** Percentiles of each name with at least one value. */
  all(): Record<string, Percentiles> {
    const named = [...this.#byName.keys()].map((name): [string, Percentiles | undefined] => [name, this.percentiles(name)]);
    return Object.fromEntries(named.filter((entry): entry is [string, Percentiles] => entry[1] !== undefined));
  }

  #of(name: string): Histogram {
    let histogram = this.#byName.get(name);
    if (!histogram) {
      histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: 600_000, numberOfSignificantValueDigits: 3, bitBucketSize: 32 });
      this.#byName.set(name, histogram);
    }
    return histogram;
  }
}
