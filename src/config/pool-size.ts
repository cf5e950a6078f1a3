/** More than any server allows. */
export const MOST_CONNECTIONS = 1_000;
export const USUAL_CONNECTIONS = 10;

/** The most connections that `postgres://…?max=` lets one process open. Null if it is not such a number. */
export function poolSizeOf(url: string): number | null {
  const given = new URL(url).searchParams.getAll("max");
  if (given.length === 0) return USUAL_CONNECTIONS;
  const [max = ""] = given;
  const size = /^\d{1,4}$/.test(max) ? Number(max) : 0;
  return given.length === 1 && size >= 1 && size <= MOST_CONNECTIONS ? size : null;
}
