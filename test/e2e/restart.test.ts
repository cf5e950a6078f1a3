/**
 * Two replicas on one PostgreSQL and one Redis, restarted in turn under a mixed load, where TEST_POSTGRES_URL and
 * TEST_REDIS_URL name them. The test balances as any balancer does: it leaves out who is not ready, and tries the other
 * where a connection is refused before a request was sent.
 */
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { type FitbitLab, fitbitSignature, fitbitUserId, startFitbitLab } from "../../src/sandbox/fitbit/index.js";
import { type Child, startChild } from "../support/child.js";
import { asApp, clientOf, credentials, eventually, freePort } from "../support/served.js";

const postgresUrl = process.env["TEST_POSTGRES_URL"];
const redisUrl = process.env["TEST_REDIS_URL"];
const PEOPLE = ["both", "demo", "napper"] as const;

interface Sent {
  readonly status: number;
  readonly body: string;
}

/** One request to one replica. Null where the connection was refused: then nothing was sent. */
function sendTo(url: string, path: string, body: string, headers: Record<string, string>): Promise<Sent | null> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url + path, { method: "POST", headers, agent: false }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNREFUSED" ? resolve(null) : reject(error),
    );
    outgoing.end(body);
  });
}

if (postgresUrl && redisUrl) {
  test("two replicas restarted in turn under a mixed load fail no request, and sockets come back", async () => {
    const lab: FitbitLab = await startFitbitLab({ hourlyLimit: 100_000 });
    const replicas = await Promise.all(
      [0, 1].map(async () => {
        const port = String(await freePort());
        return { url: `http://127.0.0.1:${port}`, port, ready: false, child: null as Child | null };
      }),
    );
    const user = (name: string) => `${name}-${randomBytes(4).toString("hex")}`;
    const users = PEOPLE.map((personId) => ({ personId, userId: user(personId) }));
    const logged: string[] = [];
    const start = async (replica: (typeof replicas)[number]) => {
      const env = {
        ...credentials,
        PORT: replica.port,
        PUBLIC_URL: replicas[0]!.url,
        STORE_URL: postgresUrl,
        REDIS_URL: redisUrl,
        DRAIN_SECONDS: "2",
        FITBIT_CLIENT_ID: lab.clientId,
        FITBIT_CLIENT_SECRET: lab.clientSecret,
        FITBIT_API_URL: lab.url,
      };
      // Why something failed is in the log alone.
      replica.child = await startChild(env, (line) => {
        const { level, msg, err } = JSON.parse(line);
        if (level === "error") logged.push(`${replica.port} ${msg}: ${err?.message}`);
      });
    };
    await Promise.all(replicas.map(start));

    let over = false;
    /** As a balancer: asks all the time, and turns away from whom it hears a no. */
    const watching = replicas.map(async (replica) => {
      while (!over) {
        replica.ready = await fetch(`${replica.url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    await eventually(60, "both are ready", () => replicas.every(({ ready }) => ready));

    const failed: string[] = [];
    const counts = { query: 0, notification: 0, events: 0, closed: 0, reconnected: 0 };
    const balanced = async (path: string, body: string, headers: Record<string, string>): Promise<Sent> => {
      for (let turn = Math.floor(Math.random() * 2); ; turn++) {
        const replica = replicas[turn % 2]!;
        if (!replica.ready) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          continue;
        }
        const sent = await sendTo(replica.url, path, body, headers);
        if (sent) return sent;
      }
    };
    for (const { personId, userId } of users) {
      const { accessToken, refreshToken, expiresAt } = lab.issueTokens(personId);
      const { errors } = await clientOf(replicas[0]!.url).ask(
        `mutation { importConnection(input: { userId: "${userId}", provider: FITBIT, accessToken: "${accessToken}",
          refreshToken: "${refreshToken}", expiresAt: "${new Date(expiresAt!).toISOString()}" }) { connection { id } } }`,
        { headers: asApp },
      );
      expect(errors).toBeUndefined();
    }

    const json = { "content-type": "application/json", ...asApp };
    const queries = users.map(async ({ userId }) => {
      while (!over) {
        const days = 1 + Math.floor(Math.random() * 20);
        const query = `{ user(id: "${userId}") { activity(range: { lastDays: ${days} }) { days { steps } sources { status } } } }`;
        const headers = counts.query % 3 === 0 ? { ...json, "cache-control": "no-cache" } : json;
        const { status, body } = await balanced("/graphql", JSON.stringify({ query }), headers);
        counts.query++;
        await new Promise((resolve) => setTimeout(resolve, 20));
        const { errors, data } = JSON.parse(body);
        if (status !== 200 || errors || data.user.activity.sources[0].status !== "OK")
          failed.push(`query ${status}: ${body}`);
      }
    });
    const notifications = (async () => {
      for (let n = 0; !over; n++) {
        const { personId } = users[n % users.length]!;
        const date = `2026-11-${10 + (n % 10)}`;
        const notice = {
          collectionType: "activities",
          date,
          ownerId: fitbitUserId(personId),
          ownerType: "user",
          subscriptionId: String(n),
        };
        const body = JSON.stringify([notice]);
        const { status } = await balanced("/webhooks/fitbit", body, {
          "content-type": "application/json",
          "x-fitbit-signature": fitbitSignature(body, lab.clientSecret),
        });
        counts.notification++;
        if (status !== 204) failed.push(`notification ${status}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const sockets = users.map(({ userId }) => {
      const client = createClient({
        url: () => `${(replicas.find(({ ready }) => ready) ?? replicas[0]!).url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: asApp,
        retryAttempts: 1_000,
        retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
        shouldRetry: () => true,
        on: {
          closed: (event) => {
            if (over) return;
            counts.closed++;
            const { code } = event as { code: number };
            if (code !== 1001 && code !== 1006) failed.push(`a socket was closed with ${code}`);
          },
          connected: (_socket, _payload, wasRetry) => {
            if (wasRetry) counts.reconnected++;
          },
        },
      });
      client.subscribe(
        { query: `subscription { dataUpdated(userId: "${userId}") { dates } }` },
        {
          next: ({ errors }) => {
            counts.events++;
            if (errors) failed.push(`event: ${JSON.stringify(errors)}`);
          },
          error: (error) => failed.push(`subscription: ${String(error)}`),
          complete: () => {},
        },
      );
      return client;
    });

    const more = async (what: string) => {
      const before = { ...counts };
      const isMore = () => counts.query > before.query + 20 && counts.notification > before.notification + 5;
      await eventually(60, `the load goes on ${what}`, isMore);
    };
    await eventually(60, "events arrive", () => counts.events > 3);
    for (const [index, replica] of replicas.entries()) {
      await more(`before the restart of ${index}`);
      await replica.child!.stop();
      await more(`without ${index}`);
      await start(replica);
      await eventually(60, `${index} is ready again`, () => replica.ready);
    }
    const events = counts.events;
    await eventually(60, "the sockets hear again", () => counts.events > events + 3);
    over = true;
    await Promise.all([...queries, notifications, ...watching]);
    for (const client of sockets) await client.dispose();
    for (const { userId } of users) {
      await clientOf(replicas[0]!.url).ask(
        `mutation { deleteUserData(input: { userId: "${userId}" }) { __typename } }`,
        { headers: asApp },
      );
    }
    for (const { child } of replicas) await child?.stop();
    await lab.close();

    process.stdout.write(`restarts under load: ${JSON.stringify(counts)}\n`);
    expect([failed, logged]).toEqual([[], []]);
    expect(counts.reconnected).toBeGreaterThanOrEqual(3);
  }, 300_000);
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  test("two replicas restarted under load", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_POSTGRES_URL or TEST_REDIS_URL is not set.");
  });
} else {
  test.skip("restarts under load: skipped, because TEST_POSTGRES_URL and TEST_REDIS_URL are not both set", () => {});
}
