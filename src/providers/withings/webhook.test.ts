import type { ProviderSettings, WebhookContext, WebhookRequest } from "../provider.js";
import { withingsWebhook } from "./webhook.js";

const context = {} as WebhookContext;
const settings = {} as ProviderSettings;
const post = (body: string, method: WebhookRequest["method"] = "POST") =>
  withingsWebhook.receive({ method, headers: {}, query: {}, body: Buffer.from(body) }, context);
const noticesOf = async (body: string) => {
  const verdict = await post(body);
  return verdict.kind === "accepted" ? verdict.notices : verdict;
};
const { subscriptions } = withingsWebhook;
if (subscriptions.kind !== "per-user") throw new Error("Withings's subscriptions are of one person.");

describe("notifications", () => {
  test("name a person, a category and a time, of which the days are those of all zones", async () => {
    expect(await noticesOf("userid=30718264&startdate=1773785640&enddate=1773814140&appli=44")).toEqual([
      {
        ...{ kind: "changed", providerUserId: "30718264", domains: ["SLEEP", "HEART", "VITALS", "SCORES"] },
        days: { from: "2026-03-17", to: "2026-03-18" },
      },
    ]);
    expect(await noticesOf("userid=7&appli=16&date=2026-03-17")).toMatchObject([
      { domains: ["ACTIVITY", "HEART", "WORKOUTS", "VITALS"], days: { from: "2026-03-17", to: "2026-03-17" } },
    ]);
    expect(await noticesOf("userid=7&appli=1&startdate=1773705600&enddate=1773705600")).toMatchObject([
      { domains: ["BODY", "VITALS", "READINGS"], days: { from: "2026-03-16", to: "2026-03-17" } },
    ]);
  });

  test.each(["2", "4", "54", "55"])("of category %s are of readings", async (appli) => {
    expect(await noticesOf(`userid=7&appli=${appli}`)).toMatchObject([{ domains: ["READINGS"], days: null }]);
  });

  test.each([
    "startdate=soon&enddate=later",
    "startdate=2&enddate=1",
    "startdate=1&enddate=1e15",
    "date=yesterday",
    "",
  ])("with no time that can be read are of the whole domain: %s", async (rest) =>
    expect(await noticesOf(`userid=7&appli=44&${rest}`)).toMatchObject([{ days: null }]),
  );

  test("of the account end the grant, or say that it changed", async () => {
    for (const action of ["delete", "unlink"])
      expect(await noticesOf(`userid=7&appli=46&action=${action}`)).toEqual([{ kind: "revoked", providerUserId: "7" }]);
    expect(await noticesOf("userid=7&appli=46&action=update")).toEqual([
      { kind: "changed", providerUserId: "7", domains: ["PROFILE"], days: null },
    ]);
  });

  test("of categories that are not subscribed are answered and say nothing", async () => {
    for (const appli of ["50", "51", "52", "53", "58", "999", ""])
      expect(await post(`userid=7&appli=${appli}`)).toMatchObject({ kind: "accepted", status: 200, notices: [] });
  });

  test("are one delivery for two minutes if their bytes are equal", async () => {
    const [one, same, other] = await Promise.all([
      post("userid=7&appli=1"),
      post("userid=7&appli=1"),
      post("userid=8&appli=1"),
    ]);
    const idOf = (verdict: typeof one) => (verdict.kind === "accepted" ? verdict.deliveryId : "");
    expect([idOf(one) === idOf(same), idOf(one) === idOf(other)]).toEqual([true, false]);
    expect(one).toMatchObject({ repeatsWithinMs: 120_000 });
  });

  test("without a person are refused, and probes are answered", async () => {
    for (const body of ["", "appli=44", "{}", "userid=", "\u0000"])
      expect(await post(body)).toMatchObject({ kind: "answer", status: 400 });
    expect(await post("", "HEAD")).toEqual({ kind: "answer", status: 200 });
    expect(await post("", "GET")).toEqual({ kind: "answer", status: 200 });
  });
});

describe("subscriptions", () => {
  const one = { collection: "44", subscriptionId: "pg-1", webhookUrl: "https://gate.test/webhooks/withings/s3cret" };

  test("are made and removed by category and address", () => {
    const form = { callbackurl: one.webhookUrl, appli: "44" };
    expect(subscriptions.create(one, settings)).toEqual({
      ...{ method: "POST", path: "/notify", form: { action: "subscribe", ...form } },
    });
    expect(subscriptions.remove(one, settings)).toEqual({
      ...{ method: "POST", path: "/notify", form: { action: "revoke", ...form } },
    });
  });

  test("are listed by category and address, for good or until a time", () => {
    const profile = (appli: unknown, expires?: unknown) => ({
      appli,
      callbackurl: one.webhookUrl,
      comment: "",
      expires,
    });
    const body = { profiles: [profile(44, 2_147_483_647), profile("1", 1_795_000_000), profile(16)] };
    expect(subscriptions.readList({ status: 0, body })).toEqual([
      { collection: "44", webhookUrl: one.webhookUrl, expiresAt: null },
      { collection: "1", webhookUrl: one.webhookUrl, expiresAt: 1_795_000_000_000 },
      { collection: "16", webhookUrl: one.webhookUrl, expiresAt: null },
    ]);
    expect(subscriptions.readList({ status: 0, body: { profiles: {} } })).toEqual([]);
    expect(() => subscriptions.readList({ status: 0, body: {} })).toThrow("profiles is not a list");
  });
});
