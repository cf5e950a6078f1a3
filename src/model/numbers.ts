/**
 * Rounds to six decimals, finer than any device measures. This removes the error of binary fractions in a converted or
 * summed figure: 0.1 + 0.2 gives 0.3.
 */
export function withoutNoise(value: number): number {
  return Number(value.toFixed(6));
}

/** The sum of the figures, rounded by `withoutNoise`. Null if there are no figures. */
export function sumOf(figures: readonly number[]): number | null {
  return figures.length === 0 ? null : withoutNoise(figures.reduce((sum, each) => sum + each, 0));
}
