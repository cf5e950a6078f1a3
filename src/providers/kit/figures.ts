/**
 * A number, or a text that holds one. Null where the provider says that there is none (left out, empty, "NaN"). NaN where
 * something else stands in its place: every figure is held against its bounds on the way in, where NaN is answered as
 * null with PROVIDER_ERROR, so that a record is not lost with one of its figures.
 */
export function figure(value: unknown): number | null {
  if (value === undefined || value === null || value === "" || value === "NaN") return null;
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}
