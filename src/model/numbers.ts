/**
 * Takes away the noise that binary fractions add to a converted or summed figure: 0.1 + 0.2 is 0.3. Six decimals are far
 * finer than any device measures.
 */
export function withoutNoise(value: number): number {
  return Number(value.toFixed(6));
}

/** The sum of figures, without the noise of adding fractions. Null where there are none. */
export function sumOf(figures: readonly number[]): number | null {
  return figures.length === 0 ? null : withoutNoise(figures.reduce((sum, each) => sum + each, 0));
}
