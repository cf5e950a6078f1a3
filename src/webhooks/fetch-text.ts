import { LRUCache } from "lru-cache";
import type { HttpClient } from "../http/client.js";
import type { Clock } from "../model/time.js";
import type { WebhookContext } from "../providers/provider.js";

export interface FetchTextOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  /**
   * Where an address is to be fetched, for those that the operator has a say in: a lab stands in for the vendor's hosts,
   * or the address itself is configured. It may then be plain http on this machine. Null for all others.
   */
  readonly resolve?: (url: string) => string | null | undefined;
}

const TIMEOUT_MS = 5_000;
/** A vendor that fails is not asked at every message. */
const FAILURE_CACHE_MS = 5_000;

export type FetchText = WebhookContext["fetchText"];

/**
 * Fetches what a verified address holds: https only, no redirects, little and quickly. Answers are kept for as long as
 * the caller says; those who ask at once share one request.
 */
export function createFetchText({ http, clock, resolve }: FetchTextOptions): FetchText {
  const load = async (url: string, maxBytes: number): Promise<string> => {
    const target = locate(url, resolve);
    const answer = await http.send({ method: "GET", url: target, maxBytes, timeoutMs: TIMEOUT_MS });
    if (answer.status !== 200) throw new Error(`${new URL(target).host} answered ${answer.status}`);
    return answer.text;
  };
  const kept = new LRUCache<string, string | Error, { readonly cacheSeconds: number; readonly maxBytes: number }>({
    max: 100,
    perf: clock,
    ttlResolution: 0,
    // What is put out of the cache on its way is answered all the same.
    ignoreFetchAbort: true,
    fetchMethod: async (url, _, { options, context }) => {
      try {
        const text = await load(url, context.maxBytes);
        options.ttl = context.cacheSeconds * 1000;
        return text;
      } catch (error) {
        options.ttl = FAILURE_CACHE_MS;
        return error instanceof Error ? error : new Error("It could not be fetched.");
      }
    },
  });

  return async (url, { refresh = false, ...context }) => {
    const failedJustNow = kept.peek(url) instanceof Error;
    const text = await kept.forceFetch(url, { context, forceRefresh: refresh && !failedJustNow });
    if (text instanceof Error) throw text;
    return text;
  };
}

/** Fetches once, keeps nothing; for addresses that do something when they are fetched. */
export function createVisit({ http, resolve }: Pick<FetchTextOptions, "http" | "resolve">) {
  return async (url: string): Promise<void> => {
    const target = locate(url, resolve);
    const answer = await http.send({ method: "GET", url: target, maxBytes: 64 * 1024, timeoutMs: TIMEOUT_MS });
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${new URL(target).host} answered ${answer.status}`);
  };
}

function locate(url: string, resolve: FetchTextOptions["resolve"]): string {
  const standIn = resolve?.(url);
  if (standIn !== undefined && standIn !== null) return standIn;
  if (new URL(url).protocol !== "https:") throw new Error("Only https is fetched.");
  return url;
}
