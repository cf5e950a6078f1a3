import { type Serving, serve } from "../../src/serve.js";
import { patient } from "./environment.js";
import { type StillClock, stillClock } from "./lab-gateway.js";

type Tokens = Parameters<Serving["gateway"]["connections"]["importConnection"]>[0];

/** What these tests need of a lab. */
interface Lab {
  readonly requests: readonly { readonly kind: string; readonly path: string }[];
  issueTokens(personId: string, options?: TokenOptions): Omit<Tokens, "userId" | "provider">;
  forgetRequests(): void;
  setWebhookUrl(url: string): void;
  close(): Promise<void>;
}
interface TokenOptions {
  readonly scopes?: readonly string[];
  readonly expiresInSeconds?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export type Answer = any;

/** A whole gateway over the lab of one provider, with one person: real HTTP, and the clock in the test's hands. */
export interface ProviderGateway<L extends Lab> extends AsyncDisposable {
  readonly lab: L;
  readonly clock: StillClock;
  readonly serving: Serving;
  /** What the viewer is answered. Fails where there are errors. */
  ask(selection: string, noCache?: boolean): Promise<Answer>;
  /** Connects the person, and forgets what that asked of the lab. */
  connect(options?: TokenOptions): Promise<void>;
  /** Paths that the API was asked, with their query. */
  asked(): readonly string[];
}

/** The address of the gateway as providers know it: some take no other than https. */
export const PUBLIC_URL = "https://gate.test";

export async function openProviderGateway<L extends Lab>(
  { provider, slug, who }: { readonly provider: Tokens["provider"]; readonly slug: string; readonly who: string },
  startLab: (clock: StillClock) => Promise<L>,
  environmentOf: (lab: L) => Readonly<Record<string, string>>,
  now = "2026-11-20T20:07:00Z",
): Promise<ProviderGateway<L>> {
  const clock = stillClock(now);
  const lab = await startLab(clock);
  const serving = await serve(
    {
      ...{
        ...patient,
        PORT: "0",
        STORE_URL: "memory:",
        LOG_LEVEL: "silent",
        SANDBOX: "0",
        SINGLE_USER: who,
        PUBLIC_URL,
      },
      ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
      ...environmentOf(lab),
    },
    { clock },
  );
  lab.setWebhookUrl(`${serving.url}/webhooks/${slug}`);
  return {
    ...{ lab, clock, serving },
    async ask(selection, noCache = false) {
      const answer = await fetch(`${serving.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(noCache && { "cache-control": "no-cache" }) },
        body: JSON.stringify({ query: `{ viewer { ${selection} } }` }),
      });
      const { data, errors } = (await answer.json()) as Answer;
      expect(errors).toBeUndefined();
      return data.viewer;
    },
    async connect(options) {
      const tokens = lab.issueTokens(who, options);
      await serving.gateway.connections.importConnection({ userId: who, provider, ...tokens });
      lab.forgetRequests();
    },
    asked: () => lab.requests.filter(({ kind }) => kind === "api").map(({ path }) => path),
    async [Symbol.asyncDispose]() {
      await serving.close();
      await lab.close();
    },
  };
}

/** Of a heart that is read anew: what its source says, and what has become of the connection. */
export async function grantStatusOf(gateway: ProviderGateway<Lab>): Promise<readonly [string, string]> {
  const { heart } = await gateway.ask(
    `heart(range: { from: "2026-11-18", to: "2026-11-19" }) { days { restingRate } sources { status } }`,
    true,
  );
  const { connections } = await gateway.ask("connections { status }");
  return [heart.sources[0].status, connections[0].status];
}

/** Connects with a token that has run out since. */
export async function connectAndOutlive({ connect, clock }: ProviderGateway<Lab>): Promise<void> {
  await connect({ expiresInSeconds: 60 });
  clock.advance(3_600_000);
}
