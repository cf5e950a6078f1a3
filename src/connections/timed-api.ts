import type { ProviderApi } from "./provider-api.js";

/** One request to a provider: how it ended, and how long it took. */
export type TellRequest = (provider: string, status: number | "none", seconds: number) => void;

/** The same API, each request told. */
export function timedApi(api: ProviderApi, tell: TellRequest | undefined): ProviderApi {
  if (!tell) return api;
  return {
    async send(connection, request, options) {
      const begun = performance.now();
      const answer = await api.send(connection, request, options);
      // What was refused before anything left is no request.
      if (answer.requests > 0) tell(connection.provider, answer.status || "none", (performance.now() - begun) / 1000);
      return answer;
    },
  };
}
