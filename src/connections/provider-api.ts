import type { Budgets } from "../budgets/budgets.js";
import { type HttpAnswer, type HttpClient, TransportError } from "../http/client.js";
import { jsonIn } from "../http/json.js";
import type { Log } from "../log.js";
import type { Clock } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type {
  ApiRequest,
  Failure,
  FailureCode,
  Outcome,
  ProviderResponse,
  ProviderSettings,
} from "../providers/provider.js";
import { standingOf } from "../providers/registry.js";
import { boundedOutcome, soundBudgets } from "../providers/waits.js";
import { type Delay, wait } from "../store/lease.js";
import { type BreakerDeps, createBreaker } from "./breaker.js";
import type { Connection, ConnectionStatus, HeaderTokens, UsableToken } from "./connection.js";
import type { Notes } from "./notes.js";
import { ProviderFailure } from "./oauth/provider-failure.js";
import { payloadOf, urlOf } from "./oauth/provider-request.js";
import type { Tokens } from "./tokens/tokens.js";

export interface ProviderApiDeps {
  readonly connections: Tokens & {
    setStatus(connectionId: string, status: ConnectionStatus): Promise<unknown>;
  };
  readonly notes: Pick<Notes, "put">;
  readonly providers: readonly Provider[];
  settings(provider: ProviderId): ProviderSettings;
  readonly http: HttpClient;
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
  /** Before the one repeat after passing trouble. */
  readonly delay?: Delay;
  /** Told when a provider is found to be down, and when it answers again. */
  readonly onBreaker?: BreakerDeps["onChange"];
  /** Told of each request that was not sent, since a budget had nothing left for it. */
  readonly onClosed?: (provider: ProviderId) => void;
}

interface Answered {
  /** 0 where no answer came. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  readonly receivedAt: number;
  /** Requests that left for the provider, repeats included. */
  readonly requests: number;
  /** `UsableToken.cacheScope` of the token that was used. */
  readonly tokenScope: string | null;
}
export type ProviderAnswer =
  | (Answered & { readonly kind: "ok"; readonly outcome: Extract<Outcome, { kind: "ok" }> })
  | (Answered & { readonly kind: "pending"; readonly outcome: Extract<Outcome, { kind: "pending" }> })
  | (Answered & { readonly kind: "failed"; readonly outcome: Extract<Outcome, { kind: "failed" }> });

interface SendOptions {
  readonly headerTokens?: HeaderTokens;
  /** Share of each budget that must be left over: background work leaves some to people who wait. */
  readonly reserve?: number;
  readonly signal?: AbortSignal;
  /** As good as a success, whatever the provider's `outcome` makes of them. */
  readonly acceptedStatuses?: readonly number[];
}

/** Requests to providers in the name of a person. */
export interface ProviderApi {
  /**
   * Sends with the connection's token, takes each request from the budgets, and keeps the connection's status, budgets and times of attempt and success in
   * step with the answer. The provider's trouble is an answer of kind `failed`; only a store outage, or the caller's own
   * giving up through `signal`, throws. While a budget is closed nothing leaves: RATE_LIMITED with 0 requests.
   */
  send(connection: Connection, request: ApiRequest, options?: SendOptions): Promise<ProviderAnswer>;
}

/** What is sent for one `send`, however often. */
interface Errand {
  readonly provider: Provider;
  readonly connection: Connection;
  readonly url: string;
  readonly request: ApiRequest;
  readonly reserve: number;
  readonly signal?: AbortSignal;
  readonly acceptedStatuses: readonly number[];
}

const unanswered = { status: 0, headers: {}, body: undefined, requests: 0 } as const;
const idempotent: ReadonlySet<string> = new Set(["GET", "PUT", "DELETE"]);
const isRepeatable = ({ method, reads = false }: ApiRequest) => reads || idempotent.has(method);
/** A provider that asks for more patience than this is not asked again by us: the caller decides. */
const LONGEST_REPEAT_MS = 2_000;

export function createProviderApi(deps: ProviderApiDeps): ProviderApi {
  const { connections, clock } = deps;
  const delay = deps.delay ?? wait;
  const breaker = createBreaker({ clock, log: deps.log, onChange: deps.onBreaker });
  const byId = new Map(deps.providers.map((provider) => [provider.id, provider]));

  /** One request, judged. */
  const ask = async ({ provider, url, request, signal, acceptedStatuses }: Errand, token: UsableToken) => {
    const name = provider.name;
    let answer: HttpAnswer;
    try {
      const { method } = request;
      const repeatable = isRepeatable(request);
      answer = await deps.http.send({ method, url, ...payloadOf(request, token.accessToken), repeatable, signal });
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      const outcome = failed("UNAVAILABLE", `${name} ${says[error.kind]}`);
      const response = { ...unanswered, receivedAt: clock.now() };
      const isDown = error.kind === "network" || error.kind === "timeout";
      return { response, outcome, repeatable: error.kind === "network", sent: 1, isDown };
    }
    const { status, headers } = answer;
    const response: ProviderResponse = { status, headers, body: jsonIn(answer.text), receivedAt: clock.now() };
    const judged = judge(provider, request, response);
    const outcome: Outcome = acceptedStatuses.includes(status) ? { kind: "ok", budgets: judged.budgets } : judged;
    return { response, outcome, repeatable: status >= 500, sent: answer.sent, isDown: status >= 500 };
  };

  /** As `ask`, taken from the budgets. */
  const attempt = async (errand: Errand, token: UsableToken): Promise<Awaited<ReturnType<typeof ask>>> => {
    const { provider, connection, reserve, signal } = errand;
    signal?.throwIfAborted();
    const spent = () => deps.budgets.spend(provider, connection, reserve, () => ask(errand, token));
    // What our own budgets refuse says nothing of the provider.
    const done = await breaker.send(provider.id, spent, (each) => ("isDown" in each ? each.isDown : null));
    if ("response" in done) return done;
    if ("closedUntil" in done) deps.onClosed?.(provider.id);
    const response = { ...unanswered, receivedAt: clock.now() };
    const outcome = "openUntil" in done ? down(provider, done.openUntil) : limited(done.closedUntil);
    return { response, outcome, repeatable: false, sent: 0, isDown: false };
  };

  /** Repeated once after passing trouble where repeating can do no harm. */
  const patiently = async (errand: Errand, token: UsableToken) => {
    const { request, signal } = errand;
    const first = await attempt(errand, token);
    if (first.outcome.kind !== "failed" || first.outcome.failure.code !== "UNAVAILABLE")
      return { requests: first.sent, ...first };
    const asked = (first.outcome.failure.retryAt ?? 0) - clock.now();
    if (!first.repeatable || !isRepeatable(request) || asked > LONGEST_REPEAT_MS)
      return { requests: first.sent, ...first };
    // Jittered, so that those who failed together don't come back together.
    await delay(Math.max(asked, 150 + Math.random() * 350));
    signal?.throwIfAborted();
    const second = await attempt(errand, token);
    if (second.sent === 0) return { requests: first.sent, ...first };
    return { requests: first.sent + second.sent, ...second };
  };

  /** One write for all that an answer says of the connection. */
  const note = (connection: Connection, at: number, outcome: Outcome, { optional }: ApiRequest): Promise<void> => {
    const code = outcome.kind === "failed" ? outcome.failure.code : null;
    return deps.notes.put(connection, (before) =>
      before.status === "REVOKED"
        ? before
        : {
            ...before,
            lastAttemptAt: Math.max(before.lastAttemptAt ?? 0, at),
            lastSuccessAt: outcome.kind === "ok" ? Math.max(before.lastSuccessAt ?? 0, at) : before.lastSuccessAt,
            budgets: outcome.budgets?.length ? mergeBudgets(before.budgets, outcome.budgets, at) : before.budgets,
            trouble: optional ? before.trouble : troubleAfter(before, outcome),
            // A late answer never brings back to life what was disconnected meanwhile.
            status: before.status === "CONNECTED" && code === "RETIRED" && !optional ? "RETIRED" : before.status,
          },
    );
  };

  const refused = (failure: Failure, tokenScope: string | null = null): ProviderAnswer => ({
    ...unanswered,
    kind: "failed",
    receivedAt: clock.now(),
    tokenScope,
    outcome: { kind: "failed", failure },
  });

  return {
    send: async (connection, request, { headerTokens, reserve = 0, signal, acceptedStatuses = [] } = {}) => {
      const provider = byId.get(connection.provider);
      if (!provider) return refused({ code: "NOT_CONFIGURED", message: "This provider is not known here." });
      const settings = deps.settings(provider.id);
      if (standingOf(provider, settings) === "RETIRED")
        return refused({ code: "RETIRED", message: provider.retired?.message });
      const url = urlOf(request, settings);
      if (url === null) {
        deps.log.warn({ provider: provider.id }, "a request was for an address that is not the provider's");
        return refused({ code: "REJECTED", message: `${provider.name} pointed to an address that is not its own.` });
      }
      // Before a token is renewed for nothing.
      const closedUntil = deps.budgets.closedUntil(provider, connection, reserve);
      if (closedUntil !== null) {
        deps.onClosed?.(provider.id);
        return refused(limited(closedUntil).failure);
      }
      const openUntil = breaker.openUntil(provider.id);
      if (openUntil !== null) return refused(down(provider, openUntil).failure);
      const errand: Errand = { provider, connection, url, request, reserve, signal, acceptedStatuses };
      let token: UsableToken;
      try {
        token = await connections.token(connection, headerTokens);
      } catch (error) {
        if (error instanceof ProviderFailure) return refused(error.failure);
        throw error;
      }
      let done = await patiently(errand, token);
      let requests = done.requests;
      if (rejects(done.outcome)) {
        try {
          const next = request.optional
            ? await connections.newer(connection, token)
            : await connections.renewed(connection, token, headerTokens);
          if (next) {
            token = next;
            done = await patiently(errand, token);
            requests += done.requests;
            if (rejects(done.outcome) && provider.oauth.renewedTokenRefused === "scope")
              done = { ...done, outcome: aside(provider, done.outcome) };
          }
        } catch (error) {
          if (!(error instanceof ProviderFailure)) throw error;
          done = { ...done, outcome: { ...done.outcome, kind: "failed", failure: error.failure } };
        }
      }
      if (request.optional) done = { ...done, outcome: aside(provider, done.outcome) };
      else if (refusesGrant(done.outcome)) await connections.rejectedForGood(connection, token);
      const { outcome } = done;
      // Another token than the stored one says nothing of the stored grant.
      if (token.resolver !== "header") {
        const noted = note(connection, done.response.receivedAt, outcome, request);
        // Where it failed, whoever is told of it finds the connection so.
        if (outcome.kind === "failed") await noted;
        else noted.catch(() => {});
      }
      return {
        ...done.response,
        requests,
        kind: outcome.kind,
        outcome,
        tokenScope: token.cacheScope,
      } as ProviderAnswer;
    },
  };
}

const says = {
  timeout: "did not answer in time.",
  network: "could not be reached.",
  refused: "has an address that is not public.",
  "too-large": "answered more than is read.",
} as const;

const rejects = (outcome: Outcome) => outcome.kind === "failed" && outcome.failure.code === "TOKEN_REJECTED";
/** A fresh token was refused too, or the provider says that the consent is gone. */
const refusesGrant = (outcome: Outcome) =>
  rejects(outcome) || (outcome.kind === "failed" && outcome.failure.code === "CONSENT_LOST");

/** Beside the API proper, that a token is refused may just as well mean that it does not reach so far. */
function aside(provider: Provider, outcome: Outcome): Outcome {
  if (!refusesGrant(outcome)) return outcome;
  return { ...outcome, ...failed("INSUFFICIENT_SCOPE", `${provider.name} does not give this to our access token.`) };
}

/** Passing trouble says nothing of what has to be set right. */
function troubleAfter({ trouble }: Connection, outcome: Outcome): string | null | undefined {
  if (outcome.kind === "ok") return null;
  if (outcome.kind === "pending") return trouble;
  const { code, message } = outcome.failure;
  return code === "ACTION_REQUIRED" || code === "NOT_CONFIGURED" ? message : trouble;
}

function failed(code: FailureCode, message: string): Extract<Outcome, { kind: "failed" }> {
  return { kind: "failed", failure: { code, message } };
}

function down(provider: Provider, retryAt: number): Extract<Outcome, { kind: "failed" }> {
  const message = `${provider.name} does not answer at present. It is asked again soon.`;
  return { kind: "failed", failure: { code: "UNAVAILABLE", message, retryAt } };
}

function limited(retryAt: number): Extract<Outcome, { kind: "failed" }> {
  return { kind: "failed", failure: { code: "RATE_LIMITED", retryAt } };
}

function judge(provider: Provider, request: ApiRequest, response: ProviderResponse): Outcome {
  if (response.status >= 300 && response.status < 400) {
    return failed("UNAVAILABLE", `${provider.name} answered with a redirect, which is not followed.`);
  }
  try {
    return boundedOutcome(provider.outcome(response, request), provider.budgets, response.receivedAt);
  } catch {
    return failed("UNAVAILABLE", `${provider.name} gave an answer that could not be read.`);
  }
}

/** What was heard last of each budget; what was stored is healed on the way. */
export function mergeBudgets(
  before: Connection["budgets"],
  heard: Connection["budgets"],
  now: number,
): Connection["budgets"] {
  const isSame = (a: (typeof heard)[number], b: (typeof heard)[number]) =>
    a.scope === b.scope && a.windowSeconds === b.windowSeconds;
  return [...soundBudgets(before, now).filter((old) => !heard.some((fresh) => isSame(old, fresh))), ...heard];
}
