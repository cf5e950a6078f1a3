/** More than any server is set up for. */
export const MOST_CONNECTIONS = 1_000;
export const USUAL_CONNECTIONS = 10;

/** The most connections that a `postgres://…?max=` lets one process open; null where it is no such number. */
export function poolSizeOf(url: string): number | null {
  const given = new URL(url).searchParams.getAll("max");
  if (given.length === 0) return USUAL_CONNECTIONS;
  const [max = ""] = given;
  const size = /^\d{1,4}$/.test(max) ? Number(max) : 0;
  return given.length === 1 && size >= 1 && size <= MOST_CONNECTIONS ? size : null;
}
