import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ProviderId } from "../../src/providers/index.js";
import { type Serving, serve } from "../../src/serve.js";
import type { StillClock } from "./lab-gateway.js";
import { type Anything, asApp, clientOf, credentials, inMemory } from "./served.js";

/** What a stand-in of a vendor is asked. `person` is the access token, by which it tells people apart. */
export interface Asked {
  readonly url: URL;
  readonly form: URLSearchParams;
  readonly person: string;
}

export interface StandIn {
  readonly serving: Serving;
  readonly asked: Asked[];
  /** What the user of this id is answered. Fails where there are errors. */
  user(id: string, selection: string): Promise<Anything>;
  close(): Promise<void>;
}

/**
 * A whole gateway before a server that answers as the test says, undefined for 404. Each person is connected as a user of
 * the same name.
 */
export async function startStandIn(
  provider: ProviderId,
  people: readonly string[],
  answer: (asked: Asked) => unknown,
  clock: StillClock,
): Promise<StandIn> {
  const asked: Asked[] = [];
  const api = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one: Asked = {
      url: new URL(request.url!, "http://vendor.test"),
      form: new URLSearchParams(Buffer.concat(chunks).toString()),
      person: request.headers.authorization?.replace("Bearer ", "") ?? "",
    };
    asked.push(one);
    const body = answer(one);
    response.setHeader("content-type", "application/json");
    response.statusCode = body === undefined ? 404 : 200;
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const serving = await serve(
    {
      ...{ ...inMemory, ...credentials, SANDBOX: "0", PUBLIC_URL: "https://gate.test" },
      ...{ [`${provider}_CLIENT_ID`]: "id", [`${provider}_CLIENT_SECRET`]: "secret", [`${provider}_API_URL`]: apiUrl },
      ...(provider === "WITHINGS" && { WITHINGS_REQUESTS_PER_MINUTE: "9999" }),
      ...(provider === "GOOGLE_HEALTH" && { GOOGLE_HEALTH_USERINFO_URL: `${apiUrl}/userinfo` }),
    },
    { clock, delay: async (ms) => clock.advance(Math.ceil(ms)) },
  );
  for (const person of people) {
    await serving.gateway.connections.importConnection({
      ...{ userId: person, provider, accessToken: person, refreshToken: `refresh-${person}` },
      // Only some vendors tell it.
      ...(provider === "WITHINGS" && { providerUserId: `${people.indexOf(person) + 1}` }),
    });
  }
  asked.length = 0;
  const client = clientOf(serving.url);
  return {
    serving,
    asked,
    async user(id, selection) {
      const query = `query U($id: ID!) { user(id: $id) { ${selection} } }`;
      const { data, errors } = await client.ask(query, { variables: { id }, headers: asApp });
      expect(errors).toBeUndefined();
      return data.user;
    },
    async close() {
      await serving.close();
      api.closeAllConnections();
      await new Promise((resolve) => api.close(resolve));
    },
  };
}
