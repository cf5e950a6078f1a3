import { ALL_READ_SCOPES, type GoogleHealthLab } from "../../src/sandbox/google-health/index.js";
import type { LabClock } from "../../src/sandbox/lab.js";

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose schema another test checks
  readonly body: any;
  readonly headers: Headers;
}

/** Afternoon in Europe on a day when everybody has a week of data behind them. */
export const NOW = Date.parse("2026-11-20T15:00:00Z");

export function movableClock(nowMs = NOW): LabClock & { nowMs: number } {
  return {
    nowMs,
    now() {
      return this.nowMs;
    },
  };
}

export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: "manual", ...init });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}

/** Asks as one person. Paths begin below `/v4/users/me/`. */
export function clientOf(lab: GoogleHealthLab, personId: string, scopes: readonly string[] = ALL_READ_SCOPES) {
  const headers = { authorization: `Bearer ${lab.issueTokens(personId, { scopes }).accessToken}` };
  const base = `${lab.url}/v4/users/me`;
  const get = (path: string, query: Readonly<Record<string, string>> = {}) =>
    send(`${base}/${path}${Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : ""}`, { headers });
  const write = (method: string, path: string, body: unknown) =>
    send(`${base}/${path}`, {
      method,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return {
    get,
    post: (path: string, body: unknown) => write("POST", path, body),
    patch: (path: string, body: unknown) => write("PATCH", path, body),
    /** Every page of a list, and how many answers that took. */
    async all(path: string, query: Readonly<Record<string, string>>) {
      const answers: Answer[] = [];
      let pageToken: string | undefined;
      do {
        const answer = await get(path, { ...query, ...(pageToken && { pageToken }) });
        if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
        answers.push(answer);
        pageToken = answer.body.nextPageToken;
      } while (pageToken && answers.length < 500);
      return { answers, points: answers.flatMap(({ body }) => body.dataPoints ?? []) };
    },
  };
}

const civilDay = (date: string) => {
  const [year, month, day] = date.split("-").map(Number);
  return { date: { year, month, day }, time: {} };
};

export const dailyRange = (first: string, after: string) => ({
  range: { start: civilDay(first), end: civilDay(after) },
});

export const points = (type: string) => `dataTypes/${type}/dataPoints`;

/** The filter for the points of whole local days, by the member that the kind of type allows. */
export function onDays(type: string, member: string, first: string, after: string): string {
  const field = `${type.replaceAll("-", "_")}.${member}`;
  return `${field} >= "${first}" AND ${field} < "${after}"`;
}
