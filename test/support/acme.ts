import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";
import type { ProviderId } from "../../src/providers/index.js";
import type { Provider } from "../../src/providers/provider.js";

interface Acme {
  /** Paths with their query, as the API was asked. */
  readonly asked: string[];
  /** The answer's body. */
  ask(query: string): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * A whole gateway whose registry holds one provider, that of `providers/_example` or a variant of it, connected for its
 * single user. Whatever is mocked before, the gateway has.
 *
 * @param answers the API's answer to a request, as JSON; undefined: 404
 */
export async function startAcme(
  answers: (url: URL) => unknown,
  variant: (acme: Provider) => Provider = (acme) => acme,
): Promise<Acme> {
  const { acmeBand } = await import("../../src/providers/_example/index.js");
  const acme = variant(acmeBand);
  jest.unstable_mockModule("../../src/providers/index.js", () => ({ providers: [acme] }));
  const { serve } = await import("../../src/serve.js");

  const asked: string[] = [];
  const api = createServer((request, response) => {
    asked.push(request.url!);
    const answer = answers(new URL(request.url!, "http://acme.test"));
    response.statusCode = answer === undefined ? 404 : 200;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const serving = await serve({
    PORT: "0",
    STORE_URL: "memory:",
    LOG_LEVEL: "silent",
    SINGLE_USER: "ada",
    SANDBOX: "0",
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    ACME_BAND_CLIENT_ID: "client",
    ACME_BAND_CLIENT_SECRET: "secret",
    ACME_BAND_API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
  });
  const tokens = { accessToken: "acme-access", refreshToken: "acme-refresh" };
  await serving.gateway.connections.importConnection({ userId: "ada", provider: acme.id as ProviderId, ...tokens });
  asked.length = 0;
  return {
    asked,
    async ask(query) {
      const answer = await fetch(`${serving.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query }),
      });
      return await answer.json();
    },
    async close() {
      await serving.close();
      api.closeAllConnections();
      await new Promise((resolve) => api.close(resolve));
    },
  };
}
