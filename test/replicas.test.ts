/** Two replicas on one PostgreSQL and one Redis, where TEST_POSTGRES_URL and TEST_REDIS_URL name them. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readConfig } from "../src/config/read-config.js";
import { createGateway, type Gateway } from "../src/gateway.js";
import { createLogger } from "../src/log.js";
import { providers } from "../src/providers/index.js";
import { type FitbitLab, fitbitSignature, startFitbitLab } from "../src/sandbox/fitbit/index.js";
import { compiled } from "./support/compiled.js";

const postgresUrl = process.env["TEST_POSTGRES_URL"];
const redisUrl = process.env["TEST_REDIS_URL"];
const run = promisify(execFile);

if (postgresUrl && redisUrl) {
  describe("two replicas on PostgreSQL and Redis", () => {
    let fitbit: FitbitLab;
    let env: Record<string, string>;
    /** The provider's clock runs ahead of the replicas': that is how a token expires before they expect it. */
    let aheadMs = 0;
    let first: Gateway;
    let second: Gateway;
    const replica = () =>
      createGateway({ config: readConfig(env, { providers }), log: createLogger({ level: "silent" }) });

    beforeAll(async () => {
      fitbit = await startFitbitLab({ clock: { now: () => Date.now() + aheadMs } });
      env = {
        STORE_URL: postgresUrl,
        REDIS_URL: redisUrl,
        AUTH_JWT_SECRET: "a secret for tests that is long enough",
        ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
        FITBIT_CLIENT_ID: fitbit.clientId,
        FITBIT_CLIENT_SECRET: fitbit.clientSecret,
        FITBIT_API_URL: fitbit.url,
      };
    });
    beforeEach(async () => {
      [first, second] = [await replica(), await replica()];
      const tokens = fitbit.issueTokens("demo");
      await first.connections.importConnection({ userId: "demo", provider: "FITBIT", ...tokens });
    });
    afterEach(async () => {
      aheadMs = 0;
      await first.eraseUser("demo");
      for (const gateway of [first, second]) await gateway.close();
    });
    afterAll(async () => await fitbit.close());

    it("refresh an expired token once between them, however many ask", async () => {
      aheadMs = 9 * 3_600_000;
      fitbit.forgetRequests();
      const script = await compiled(new URL("./support/replica.ts", import.meta.url));
      const ask = () =>
        run(process.execPath, [script, "demo", "25"], {
          env: { ...process.env, ...env, NODE_OPTIONS: "" },
        });
      const answers = await Promise.all([ask(), ask()]);
      const statuses = answers.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
      expect(statuses).toEqual(Array.from({ length: 50 }, () => "OK"));
      expect(fitbit.requests.filter(({ kind }) => kind === "token")).toHaveLength(1);
    });

    it("tell each other's subscribers what a provider notified one of", async () => {
      const updates = second.bus.data("demo");
      await updates.ready;
      const connection = (await first.connections.list("demo")).find(({ provider }) => provider === "FITBIT")!;
      const body = Buffer.from(
        JSON.stringify([
          {
            collectionType: "activities",
            date: "2026-11-19",
            ownerId: connection.providerUserId,
            ownerType: "user",
            subscriptionId: "s",
          },
        ]),
      );
      const headers = { "x-fitbit-signature": fitbitSignature(body.toString(), fitbit.clientSecret) };
      const answer = await first.webhooks.receive("fitbit", { method: "POST", headers, query: {}, body });
      expect(answer.status).toBe(204);
      const heard = await updates.next();
      expect(heard.value).toMatchObject({
        userId: "demo",
        provider: "FITBIT",
        domain: "ACTIVITY",
        dates: ["2026-11-19"],
      });
      await updates.return?.();
    });

    it("run a job once between them, and tell each other how far it is", async () => {
      await Promise.all([first.startWork(), second.startWork()]);
      fitbit.forgetRequests();
      const input = { userId: "demo", provider: "FITBIT", domains: ["SLEEP"], range: { lastDays: 60 } } as const;
      // The same wish to both at once is one job.
      const [job, same] = await Promise.all([first.backfills.start(input), second.backfills.start(input)]);
      expect(same.id).toBe(job.id);
      const seen: string[] = [];
      for await (const { status, daysDone } of second.backfills.watch(job.id)) seen.push(`${status} ${daysDone}`);
      expect(seen.at(-1)).toBe("DONE 60");
      const nights = fitbit.requests.filter(({ path }) => path.includes("/sleep/"));
      expect(nights.map(({ status }) => status)).toEqual([200]);
    });
  });
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  it("two replicas on PostgreSQL and Redis", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_POSTGRES_URL or TEST_REDIS_URL is not set.");
  });
} else {
  it.skip("two replicas: skipped, because TEST_POSTGRES_URL and TEST_REDIS_URL are not both set", () => {});
}
