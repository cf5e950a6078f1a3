import { LRUCache } from "lru-cache";
import { atMost } from "../bounded.js";
import type { HeaderTokens } from "../connections/connection.js";
import type { Freshness } from "../health-data/ask.js";
import type { Clock } from "../model/time.js";
import type { ProviderId } from "../providers/index.js";
import { type Caller, ownerOf } from "./caller.js";
import { type Cost, costWith, defaultLimits, type Limits } from "./limits.js";
import { createLoaders, type Loaded, type Loaders } from "./loaders.js";
import type { ProviderView } from "./provider-view.js";
import type { Services } from "./services.js";
import type { Writing } from "./writing/written.js";

/** What a resolver knows of its operation. */
export interface RequestContext {
  readonly caller: Caller;
  readonly services: Services;
  readonly clock: Clock;
  readonly providers: ReadonlyMap<ProviderId, ProviderView>;
  readonly requestId: string;
  /** From the request's extensions, set before the first resolver runs. */
  plan: PlanMode | null;
  /** The calculated cost of one run of the operation, set before the first resolver runs. */
  cost: Cost;
  /** What the operation may cost, set together with `cost`. */
  limits: Limits;
  /** Charges the caller. Throws RATE_LIMITED if the caller has too few points left. */
  spend(cost: Cost): Promise<void>;
  /** Charges what shows only while the operation runs. Throws QUERY_TOO_COSTLY too. */
  charge(ms: number): Promise<void>;
  /** The operation's admission: see `admit`. Null before it was asked for. */
  admission: Promise<Readonly<Record<string, unknown>> | null> | null;
  readonly loaders: Loaders;
  /**
   * What is written as JSON while the operation runs. Set before the first resolver runs, by those who send the answer as
   * text; null if GraphQL completes every value.
   */
  writing: Writing | null;
  /** Results that would otherwise be computed again for each item of a list. */
  readonly memo: Map<string, ReadonlySet<string>>;
  /**
   * Everything that the answer was made from, except the request and its caller. Null if a resolver used more than
   * loaders.
   */
  madeOf(): Loaded | null;
  readonly outcome: Outcome;
  /** The same request with nothing loaded yet: each event of a subscription is answered from fresh data. */
  again(): RequestContext;
}
/** What is known once the operation has run. */
interface Outcome {
  /** What the answer was made from, if another answer from the same parts would be equal. */
  repeatable: Loaded | null;
  /** Its cost. */
  points: number;
  /** The answer as JSON, in texts that belong one after the other. Null if it has no data. */
  json: readonly string[] | null;
}
export type PlanMode = "report" | "dry-run";

export interface ContextInput {
  readonly caller: Caller;
  readonly services: Services;
  readonly providers: ReadonlyMap<ProviderId, ProviderView>;
  readonly requestId: string;
  readonly freshness?: Freshness;
  readonly headerTokens?: HeaderTokens;
  /** Aborted when the caller disconnects. */
  signal?(): AbortSignal;
  /** Left out if callers are not charged. */
  readonly spend?: (cost: Cost) => Promise<void>;
}

export function createContext(input: ContextInput, plan: PlanMode | null = null): RequestContext {
  return new Operation(input, plan);
}

/** A class whose lazy parts are on its prototype: Apollo copies a context before it knows the operation. */
class Operation implements RequestContext {
  readonly caller: Caller;
  readonly clock: Clock;
  readonly providers: RequestContext["providers"];
  readonly requestId: string;
  readonly outcome: Outcome = { repeatable: null, points: 1, json: null };
  readonly memo = new Map<string, ReadonlySet<string>>();
  cost: Cost = { ms: 0, points: 1, mutations: 0 };
  limits: Limits = defaultLimits;
  writing: Writing | null = null;
  admission: RequestContext["admission"] = null;
  private made: Loaders | undefined;
  private usedServices = false;

  constructor(
    private readonly input: ContextInput,
    public plan: PlanMode | null,
  ) {
    this.caller = input.caller;
    this.clock = input.services.clock;
    this.providers = input.providers;
    this.requestId = input.requestId;
  }

  get services(): Services {
    this.usedServices = true;
    return this.input.services;
  }

  get loaders(): Loaders {
    const { services, freshness = noWish, headerTokens = {}, signal } = this.input;
    // A person waits for the answer, so the whole budget may be used.
    this.made ??= createLoaders(services, {
      freshness,
      dryRun: this.plan === "dry-run",
      headerTokens,
      reserve: 0,
      owner: ownerOf(this.caller),
      signal,
    });
    return this.made;
  }

  madeOf(): Loaded | null {
    return this.usedServices ? null : this.loaders.loaded();
  }

  async spend(cost: Cost): Promise<void> {
    await this.input.spend?.(cost);
  }

  async charge(ms: number): Promise<void> {
    const before = this.cost;
    this.cost = costWith(before, ms, this.limits);
    await this.spend({ ms, points: this.cost.points - before.points, mutations: 0 });
  }

  again(): RequestContext {
    const next = new Operation(this.input, this.plan);
    next.cost = this.cost;
    next.limits = this.limits;
    next.writing = this.writing?.again() ?? null;
    return next;
  }
}

const noWish: Freshness = { maxAgeSeconds: null, noCache: false, onlyIfCached: false, staleIfErrorSeconds: null };

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Reads a request's Cache-Control after RFC 9111. Unknown directives are ignored, as the RFC demands. */
export function freshnessOf(headers: Headers): Freshness {
  const text = [headers["cache-control"] ?? ""].flat().join(",");
  let freshness = freshnesses.get(text);
  if (!freshness) {
    freshness = freshnessIn(text);
    if (text.length <= LONGEST_REMEMBERED) freshnesses.set(text, freshness);
  }
  return freshness;
}

/** A client sends the same few directives with each of its requests. */
const freshnesses = new LRUCache<string, Freshness>(atMost(100));
const LONGEST_REMEMBERED = 200;

function freshnessIn(text: string): Freshness {
  const directives = new Map<string, string>();
  for (const part of text.split(",")) {
    const [name = "", value = ""] = part.split("=", 2).map((text) => text.trim());
    // Of two directives that contradict each other, the first counts.
    if (name !== "" && !directives.has(name.toLowerCase()))
      directives.set(name.toLowerCase(), value.replace(/^"(.*)"$/, "$1"));
  }
  return {
    maxAgeSeconds: seconds(directives.get("max-age")),
    noCache: directives.has("no-cache"),
    onlyIfCached: directives.has("only-if-cached"),
    staleIfErrorSeconds: seconds(directives.get("stale-if-error")),
  };
}

function seconds(text: string | undefined): number | null {
  // Digits only. A number that is too long to be exact becomes a very large one.
  return text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), 2 ** 31) : null;
}

/** Access tokens in the request's headers: `X-<Provider>-Access-Token`. */
export function headerTokensOf(
  headers: Headers,
  providers: readonly { readonly id: ProviderId; readonly slug: string }[],
): HeaderTokens {
  const tokens: Partial<Record<ProviderId, string>> = {};
  for (const { id, slug } of providers) {
    const token = [headers[`x-${slug}-access-token`] ?? ""].flat()[0]?.trim();
    if (token) tokens[id] = token;
  }
  return tokens;
}
