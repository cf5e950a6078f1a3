import { setImmediate } from "node:timers/promises";
import { prefixOf } from "../src/config/provider-variables.js";
import { readConfig } from "../src/config/read-config.js";
import { createGateway } from "../src/gateway.js";
import type { Ask } from "../src/health-data/ask.js";
import { createLogger } from "../src/log.js";
import { type ProviderId, providers } from "../src/providers/index.js";
import { fieldsOf } from "../src/providers/provider.js";
import type { Lab, LabDefinition } from "../src/sandbox/lab.js";
import { labs } from "../src/sandbox/labs.js";
import { openStore } from "../src/store/open-store.js";
import { plainRequest, stillClock } from "./support/lab-gateway.js";

/** Every provider's own rules of refreshing, before its lab: two replicas with one store. */

const WHO = "collector";
/** Misfit's tokens do not end. */
const definitions = (Object.values(labs) as readonly LabDefinition[]).filter(({ provider }) =>
  providers.some(({ id, oauth }) => id === provider && oauth.refresh !== "none"),
);

describe.each(definitions.map((definition) => [definition.provider, definition] as const))("%s", (id, definition) => {
  const provider = providers.find((each) => each.id === id)!;

  it("is asked for one token where fifty readings over two replicas need one", async () => {
    const clock = stillClock("2026-11-20T20:07:00Z");
    const lab: Lab = await definition.start({ clock, sparse: true });
    definition.liftLimits(lab);
    const store = await openStore("memory:");
    const own = Object.entries(definition.environment(lab)).map(([name, value]) => [
      `${prefixOf(provider)}${name}`,
      value,
    ]);
    const env = {
      ...{ STORE_URL: "memory:", AUTH_JWT_SECRET: "a secret for tests that is long enough" },
      ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
      ...Object.fromEntries(own),
    };
    const replica = () =>
      createGateway({
        ...{ config: readConfig(env, { providers }), log: createLogger({ level: "silent" }), clock, store },
        // The clock stays: a busy machine's second would be minutes to whoever waits for the other replica's token.
        delay: () => setImmediate(),
      });
    const replicas = [await replica(), await replica()];
    try {
      const tokens = lab.issueTokens(WHO, { expiresInSeconds: 60 });
      await replicas[0]!.connections.importConnection({ userId: WHO, provider: id as ProviderId, ...tokens });
      clock.advance(3_600_000);
      lab.forgetRequests();
      const fields = [...fieldsOf(provider)].filter((field) => /^(activity|heart|sleep)\.\w+$/.test(field)).slice(0, 1);
      const domain = fields[0]!.split(".")[0]!.toUpperCase() as Ask["domain"];
      const read = async (index: number) => {
        const day = `2026-11-${String(1 + (index % 15)).padStart(2, "0")}`;
        const ask: Ask = {
          ...{ userId: WHO, domain, range: { from: day, to: day }, fields: new Set(fields), providers: null },
          ...{ alternatives: false, goalProgress: false },
        };
        const [answer] = await replicas[index % 2]!.healthData.session(plainRequest).load([ask]);
        return (answer as { sources: readonly { status: string }[] }).sources.map(({ status }) => status);
      };
      const statuses = await Promise.all(Array.from({ length: 50 }, (_, index) => read(index)));
      expect(statuses.flat().every((status) => status === "OK")).toBe(true);
      expect(lab.requests.filter(({ kind }) => kind === "token")).toHaveLength(1);
      const [connection] = await replicas[1]!.connections.list(WHO);
      expect(connection!.status).toBe("CONNECTED");
    } finally {
      for (const each of replicas) await each.close();
      await lab.close();
    }
  });
});
