/** What a backend hears of all its users, over real WebSockets. */
import { createHash } from "node:crypto";
import { asApp, credentials, startClosed, tokenFor } from "./support/served.js";

const boundKey = "a-key-that-is-bound-to-demo";
const APP_KEYS = `${credentials.APP_KEYS},demo:${createHash("sha256").update(boundKey).digest("hex")}:user=demo`;

test("an app key without userId hears of all users, their data included; others hear of their own alone", async () => {
  const served = await startClosed({ APP_KEYS, AUDIT_DAYS: "9" });
  try {
    const { bus, audit, connections: stored } = served.serving.gateway;
    for (const userId of ["demo", "both"])
      await stored.importConnection({ userId, provider: "FITBIT", ...served.labs.fitbit.issueTokens(userId) });
    const events =
      "subscription { dataUpdated(providers: [FITBIT]) { user { id activity(range: { lastDays: 1 }) { days { steps } } } } }";
    const changes = "subscription { connectionChanged { status user { id } provider { id } } }";
    const all = await served.subscribe(events, { params: asApp });
    const own = await served.subscribe(events, { params: { authorization: `Bearer ${await tokenFor("demo")}` } });
    const bound = await served.subscribe(events, { params: { "x-api-key": boundKey } });
    const connections = await served.subscribe(changes, { params: asApp });
    const update = { domain: "ACTIVITY", dates: ["2026-03-01"], receivedAt: 1, origin: "BACKFILL" } as const;
    await bus.dataUpdated({ ...update, userId: "both", provider: "FITBIT" });
    await bus.dataUpdated({ ...update, userId: "both", provider: "MISFIT" });
    await bus.dataUpdated({ ...update, userId: "demo", provider: "FITBIT" });
    const heard = [await all.next(), await all.next()].map(({ dataUpdated: { user } }) => user);
    expect(heard.map(({ id }) => id)).toEqual(["both", "demo"]);
    expect(heard[1].activity.days).toHaveLength(1);
    expect((await own.next()).dataUpdated.user.id).toBe("demo");
    expect((await bound.next()).dataUpdated.user.id).toBe("demo");

    const ended = await served.ask(`mutation { disconnect(input: { userId: "both", provider: FITBIT }) { notices } }`, {
      headers: asApp,
    });
    expect(ended.errors).toBeUndefined();
    expect(await connections.next()).toEqual({
      connectionChanged: { status: "REVOKED", user: { id: "both" }, provider: { id: "FITBIT" } },
    });
    // Each person's line in the audit log is there as if the app had asked for that person.
    await audit.idle();
    const read = async (userId: string) => {
      const actors = [];
      for await (const { actor, action } of audit.entries({ userId })) if (action === "read") actors.push(actor);
      return actors;
    };
    expect(await read("both")).toEqual(["app:backend"]);
    expect(await read("napper")).toEqual([]);
    for (const each of [all, own, bound, connections]) await each.end();
  } finally {
    await served.close();
  }
});
