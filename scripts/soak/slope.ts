// Decides whether a series of samples grows: the slope of the fitted line after the warm-up, and its standard error.

export interface Sample {
  /** Hours since the start. */
  readonly at: number;
  readonly value: number;
}

export interface Slope {
  readonly mean: number;
  /** Growth in units per hour. */
  readonly perHour: number;
  /** Standard error of `perHour`. */
  readonly error: number;
}

/** Least squares; needs three samples, throws a RangeError with fewer. */
export function slopeOf(samples: readonly Sample[]): Slope {
  const n = samples.length;
  if (n < 3) throw new RangeError(`a slope needs three samples, there are ${n}`);
  const meanAt = average(samples.map(({ at }) => at));
  const mean = average(samples.map(({ value }) => value));
  const spread = samples.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  const perHour = samples.reduce((sum, { at, value }) => sum + (at - meanAt) * (value - mean), 0) / spread;
  const residual = samples.reduce((sum, { at, value }) => sum + (value - mean - perHour * (at - meanAt)) ** 2, 0);
  return { mean, perHour, error: Math.sqrt(residual / (n - 2) / spread) };
}

/** True when the slope exceeds `allowedPerHour` by more than three standard errors. */
export function grows({ perHour, error }: Slope, allowedPerHour: number): boolean {
  return perHour > allowedPerHour && perHour - allowedPerHour > 3 * error;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
