import { type FitbitLab, type FitbitLabOptions, startFitbitLab } from "../../src/sandbox/fitbit/index.js";

/** What the lab's own tests start from: a lab, a clock that they move, and a way to ask. */
export interface Harness {
  readonly lab: FitbitLab;
  readonly clock: { nowMs: number; now(): number };
  /** Asks for a path of the API as that person. */
  ask(path: string, options?: AskOptions): Promise<Asked>;
  close(): Promise<void>;
}

interface AskOptions {
  readonly person?: string;
  readonly scopes?: readonly string[];
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the provider's document says is there.
  readonly body: any;
}

/** A Monday evening in Berlin, well after a sync. */
const MONDAY_EVENING = Date.parse("2026-06-15T18:00:00Z");

export async function startHarness(options: FitbitLabOptions = {}): Promise<Harness> {
  const clock = { nowMs: MONDAY_EVENING, now: () => clock.nowMs };
  const lab = await startFitbitLab({ hourlyLimit: 100_000, ...options, clock });
  return {
    lab,
    clock,
    async ask(path, { person = "demo", scopes, token, headers = {}, method = "GET", form } = {}) {
      const bearer = token ?? lab.issueTokens(person, { scopes }).accessToken;
      const url = path.startsWith("http") ? path : `${lab.url}${path}`;
      const authorization = `Bearer ${bearer}`;
      // Fitbit insists on a length also for DELETE, and fetch says one only where there is something to measure.
      const init = {
        method,
        headers: { authorization, ...headers },
        ...(method === "GET" ? {} : { body: form ? new URLSearchParams(form) : method === "DELETE" ? "{}" : "" }),
      };
      return read(await fetch(url, init));
    },
    close: () => lab.close(),
  };
}

export async function read(response: Response): Promise<Asked> {
  const text = await response.text();
  const json = response.headers.get("content-type")?.startsWith("application/json") && text !== "";
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
}
