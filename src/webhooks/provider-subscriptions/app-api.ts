import type { Budgets } from "../../budgets/budgets.js";
import { payload, urlOf } from "../../connections/oauth/provider-request.js";
import type { HttpClient } from "../../http/client.js";
import { jsonIn } from "../../http/json.js";
import type { Clock } from "../../model/time.js";
import type { Provider } from "../../providers/index.js";
import type { AppApi } from "../../providers/provider.js";
import { RENEWED_AHEAD_MS } from "./scheme.js";

export interface AppApiDeps {
  readonly http: HttpClient;
  readonly budgets: Pick<Budgets, "count">;
  readonly clock: Clock;
}

/** Requests in the operator's own name; `url` is for addresses that are not below the API's, such as a token endpoint. */
export function createAppApi(
  { http, budgets, clock }: AppApiDeps,
  provider: Provider,
  /** `mayAct` throws where another process may be at work by now. */
  given: Pick<AppApi, "settings" | "webhookUrl" | "secret" | "keepSecret"> & { mayAct(): Promise<void> },
): AppApi {
  const { settings, webhookUrl, secret, mayAct } = given;
  return {
    ...{ settings, webhookUrl, secret },
    now: clock.now(),
    renewBefore: clock.now() + RENEWED_AHEAD_MS,
    keepSecret: async (told) => {
      await mayAct();
      await given.keepSecret(told);
    },
    send: async (request) => {
      let url = urlOf(request.url === undefined ? request : { ...request, path: "/" }, settings);
      if (request.url !== undefined) {
        const own = new URL(request.url);
        for (const [name, value] of Object.entries(request.query ?? {})) own.searchParams.append(name, String(value));
        url = own.href;
      }
      if (url === null) throw new TypeError("The request is for an address that is not the provider's.");
      await mayAct();
      await budgets.count(provider);
      const answer = await http.send({ method: request.method, url, ...payload(request) });
      return { status: answer.status, headers: answer.headers, body: jsonIn(answer.text), receivedAt: clock.now() };
    },
  };
}
