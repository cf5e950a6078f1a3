import { type LabGateway, startLabGateway } from "../test/support/lab-gateway.js";
import { signFitbit } from "./providers/fitbit/webhook.js";

let lab: LabGateway;
beforeEach(async () => {
  lab = await startLabGateway();
});
afterEach(() => lab.close());

/** Everything that the store holds, as one text. */
async function keptOf(...namespaces: string[]) {
  const found: unknown[] = [];
  for (const namespace of namespaces) {
    for await (const entry of lab.gateway.store.collection(namespace).scan("")) found.push([namespace, entry]);
  }
  return found;
}

function notified(ownerId: string) {
  const note = { collectionType: "sleep", date: "2026-11-19", ownerId, ownerType: "user", subscriptionId: "s" };
  const body = new TextEncoder().encode(JSON.stringify([note]));
  const headers = { "x-fitbit-signature": signFitbit(body, lab.fitbit.clientSecret) };
  return lab.gateway.webhooks.receive("fitbit", { method: "POST", headers, query: {}, body });
}

describe("forgetting a user", () => {
  const places = ["receipts", "deliveries", "heard", "muted", "jobs", "backfills", "connections", "tokens", "history"];

  test("reaches everything that was kept of them, and of nobody else", async () => {
    const { gateway } = lab;
    await lab.connect("demo");
    await lab.connect("both");
    const [demo] = await gateway.connections.list("demo");
    const [both] = await gateway.connections.list("both");
    for (const userId of ["demo", "both"]) {
      await gateway.subscriptions.subscribe({ userId, provider: "FITBIT", domains: ["SLEEP", "ACTIVITY"] });
      await gateway.subscriptions.unsubscribe({ userId, provider: "FITBIT", domains: ["ACTIVITY"] });
      await gateway.backfills.start({ userId, provider: "FITBIT", domains: null, range: { lastDays: 3 } });
    }
    // Listened to, so that the news are to be fetched.
    const listening = [gateway.bus.data("demo"), gateway.bus.data("both")];
    for (const one of [demo!, both!]) expect((await notified(one.providerUserId!)).status).toBe(204);
    await gateway.webhooks.idle();
    for (const one of listening) await one.return?.();
    const before = await keptOf(...places);
    for (const place of ["deliveries", "heard", "muted"]) {
      expect(before.filter((entry) => (entry as [string])[0] === place)).toHaveLength(2);
    }
    expect(JSON.stringify(before)).toContain(`prefetch/${demo!.id}/`);

    await gateway.eraseUser("demo");
    const after = await keptOf(...places);
    expect(JSON.stringify(after)).not.toContain(demo!.id);
    expect(JSON.stringify(after)).not.toContain('"demo"');
    const others = before.filter((entry) => JSON.stringify(entry).includes(both!.id));
    expect(after.filter((entry) => JSON.stringify(entry).includes(both!.id))).toHaveLength(others.length);
    expect(after.filter((entry) => (entry as [string])[0] === "deliveries")).toHaveLength(1);
  });

  test("takes them out of a notification that still waits", async () => {
    const { gateway } = lab;
    await lab.connect("demo");
    const [demo] = await gateway.connections.list("demo");
    await notified(demo!.providerUserId!);
    await gateway.eraseUser("demo");
    await gateway.webhooks.idle();
    expect(await keptOf("receipts", "heard", "jobs", "history")).toEqual([]);
  });
});
