export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** From one value to the next, of the straight line that is nearest to them all. */
export function slope(values: readonly number[]): number {
  const [middle, level] = [(values.length - 1) / 2, mean(values)];
  const rise = values.reduce((sum, value, at) => sum + (at - middle) * (value - level), 0);
  return rise / values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
}
