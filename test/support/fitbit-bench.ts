import { run } from "../../src/cli/program.js";
import { type FitbitLab, startFitbitLab } from "../../src/sandbox/fitbit/index.js";
import { type Serving, serve } from "../../src/serve.js";
import { patient } from "./environment.js";
import { type StillClock, stillClock } from "./lab-gateway.js";

/** Has years of nights and days with Fitbit. */
const WHO = "napper";
export const keyOf = (byte: number) => Buffer.alloc(32, byte).toString("base64");

type Env = Readonly<Record<string, string>>;

export interface FitbitBench extends AsyncDisposable {
  readonly lab: FitbitLab;
  readonly clock: StillClock;
  /** What a gateway over the lab needs, with that store. */
  envOf(storeUrl: string, more?: Env): Env;
  serve(storeUrl: string, more?: Env): Promise<Serving & AsyncDisposable>;
  connect(serving: Pick<Serving, "gateway">, who?: string): Promise<void>;
  /** Every token that a connection began with. */
  readonly tokens: readonly string[];
  /** Paths that the lab's API was asked since the last call. */
  asked(): readonly string[];
}

/** Several gateways over one lab, each over its own store, with one clock. Whoever asks is the app `app`. */
export async function fitbitBench(now: string): Promise<FitbitBench> {
  const clock = stillClock(now);
  const lab = await startFitbitLab({ clock, hourlyLimit: 10_000 });
  const tokens: string[] = [];
  const envOf = (STORE_URL: string, more: Env = {}): Env => ({
    ...{ ...patient, PORT: "0", STORE_URL, LOG_LEVEL: "silent", SANDBOX: "0", SINGLE_USER: WHO },
    ENCRYPTION_KEYS: keyOf(7),
    ...{ FITBIT_CLIENT_ID: lab.clientId, FITBIT_CLIENT_SECRET: lab.clientSecret, FITBIT_API_URL: lab.url },
    ...{ FITBIT_AUTHORIZE_URL: `${lab.url}/oauth2/authorize`, ...more },
  });
  return {
    ...{ lab, clock, envOf, tokens },
    serve: async (storeUrl, more) => {
      const serving = await serve(envOf(storeUrl, more), { clock });
      return { ...serving, [Symbol.asyncDispose]: serving.close };
    },
    connect: async ({ gateway }, who = WHO) => {
      const pair = lab.issueTokens(who);
      tokens.push(pair.accessToken, pair.refreshToken ?? "");
      await gateway.connections.importConnection({ userId: who, provider: "FITBIT", ...pair });
      lab.forgetRequests();
    },
    asked: () => {
      const paths = lab.requests.filter(({ kind }) => kind === "api").map(({ path }) => path);
      lab.forgetRequests();
      return paths;
    },
    [Symbol.asyncDispose]: () => lab.close(),
  };
}

/** The bytes of an answer to the viewer. */
export async function bytesOf({ url }: Pick<Serving, "url">, selection: string, noCache = false): Promise<string> {
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(noCache && { "cache-control": "no-cache" }) },
    body: JSON.stringify({ query: `{ viewer { ${selection} } }` }),
  });
  const text = await answer.text();
  expect(JSON.parse(text).errors).toBeUndefined();
  return text;
}

/** A command line, with what it printed. */
export async function command(env: Env, args: readonly string[], stdin: string | AsyncIterable<Uint8Array> = "") {
  let [out, note] = ["", ""];
  const code = await run(args, {
    env,
    out: (text) => {
      out += text;
    },
    note: (text) => {
      note += text;
    },
    terminal: false,
    input: () => (typeof stdin === "string" ? one(stdin) : stdin),
    signal: new AbortController().signal,
  });
  return { code, out, note };
}

async function* one(text: string) {
  yield Buffer.from(text);
}
