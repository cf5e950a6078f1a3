import type { HeaderTokens } from "../connections/connection.js";
import type { Freshness } from "../health-data/ask.js";
import type { Clock } from "../model/time.js";
import type { ProviderId } from "../providers/index.js";
import { type Caller, ownerOf } from "./caller.js";
import type { Cost } from "./limits.js";
import { createLoaders, type Loaded, type Loaders } from "./loaders.js";
import type { ProviderView } from "./provider-view.js";
import type { Services } from "./services.js";

/** What a resolver knows of the operation that it is part of. */
export interface RequestContext {
  readonly caller: Caller;
  readonly services: Services;
  readonly clock: Clock;
  readonly providers: ReadonlyMap<ProviderId, ProviderView>;
  readonly requestId: string;
  /** From the request's extensions; known before the first resolver runs. */
  plan: PlanMode | null;
  /** What the operation is reckoned to cost, each time that it runs; known as soon. */
  cost: Cost;
  /** Charges the caller. Throws RATE_LIMITED where they have not that much left. */
  spend(cost: Cost): Promise<void>;
  readonly loaders: Loaders;
  /** What would otherwise be worked out anew for every item of a list. */
  readonly memo: Map<string, ReadonlySet<string>>;
  /** All that the answer was made of beside the request and its caller; null where a resolver used more than loaders. */
  madeOf(): Loaded | null;
  /** Set once there is an answer that would be the same again if it were made of the same, with what it cost in points. */
  readonly outcome: { repeatable: Loaded | null; points: number };
  /** The same request with nothing loaded yet: each event of a subscription is answered from fresh data. */
  again(): RequestContext;
}
export type PlanMode = "report" | "dry-run";

export interface ContextInput {
  readonly caller: Caller;
  readonly services: Services;
  readonly providers: ReadonlyMap<ProviderId, ProviderView>;
  readonly requestId: string;
  readonly freshness?: Freshness;
  readonly headerTokens?: HeaderTokens;
  /** Aborted when the caller hangs up. */
  readonly signal?: AbortSignal;
  /** Left out where nobody counts. */
  readonly spend?: (cost: Cost) => Promise<void>;
}

export function createContext(input: ContextInput, plan: PlanMode | null = null): RequestContext {
  return new Operation(input, plan);
}

/** A class with everything lazy on its prototype: Apollo copies a context before it knows the operation. */
class Operation implements RequestContext {
  readonly caller: Caller;
  readonly clock: Clock;
  readonly providers: RequestContext["providers"];
  readonly requestId: string;
  readonly outcome: RequestContext["outcome"] = { repeatable: null, points: 1 };
  readonly memo = new Map<string, ReadonlySet<string>>();
  cost: Cost = { ms: 0, points: 1, mutations: 0 };
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
    // A person waits for the answer: nothing of the budget is held back from them.
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

  again(): RequestContext {
    const next = new Operation(this.input, this.plan);
    next.cost = this.cost;
    return next;
  }
}

const noWish: Freshness = { maxAgeSeconds: null, noCache: false, onlyIfCached: false, staleIfErrorSeconds: null };

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Reads a request's Cache-Control after RFC 9111. Directives that we don't know are passed over, as it demands. */
export function freshnessOf(headers: Headers): Freshness {
  const directives = new Map<string, string>();
  for (const part of [headers["cache-control"] ?? ""].flat().join(",").split(",")) {
    const [name = "", value = ""] = part.split("=", 2).map((text) => text.trim());
    // The first of two that contradict each other counts.
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
  // Digits alone; a number too long to be exact is simply very long.
  return text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), 2 ** 31) : null;
}

/** Access tokens that the caller sent along: `X-<Provider>-Access-Token`. */
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
