import { type MisfitLabOptions, startMisfitLab } from "../../src/sandbox/misfit/index.js";

/** A clock that stands still until a test moves it: a Friday noon in Berlin. */
export function stillClock(startMs = Date.parse("2026-11-20T11:00:00Z")) {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
  };
}

/** A lab, and a reader of it with a token of that person. */
export async function labFor(personId = "demo", options: MisfitLabOptions = {}) {
  const clock = stillClock();
  const lab = await startMisfitLab({ clock, ...options });
  const { accessToken, providerUserId } = lab.issueTokens(personId);
  const get = (path: string, headers: Record<string, string> = { authorization: `Bearer ${accessToken}` }) =>
    fetch(`${lab.url}/move/resource/v1/user/${path}`, { headers });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers as a stranger would.
  const read = async (path: string): Promise<any> => (await get(path)).json();
  return { lab, clock, accessToken, providerUserId, get, read };
}

/** The query of a range, both days included. */
export function range(first: string, last: string): string {
  return `start_date=${first}&end_date=${last}`;
}
