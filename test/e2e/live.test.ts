/** New data reaches an app by itself: the device syncs, the provider notifies, and the subscription has the figure. */

import { dayTotals, person } from "../../src/sandbox/people/index.js";
import { endingSoon } from "../support/ending-soon.js";
import {
  asUser,
  clockFrom,
  credentials,
  type Served,
  type Subscription,
  startServed,
  tokenFor,
} from "../support/served.js";
import { story } from "../support/story.js";

/** Wears one of each. */
const who = person("napper");
const clock = clockFrom("2026-06-17T11:00:00Z");
/** A day that is over, on which a device was worn, and walked with after noon. */
const date = "2026-06-16";

function at(hour: number, day = date): number {
  return who.day(day).startMs + hour * 3_600_000;
}

function stepsUntil(day: string, hour: number): number {
  return who.day(day).worn ? dayTotals(who, who.day(day), at(hour, day)).steps : 0;
}

let served: Served;
let params: Record<string, unknown>;
/** Syncs are a quarter of an hour apart; Fitbit's notifications of one day differ in nothing else. */
let aheadMs = 0;
const open: Subscription[] = [];
beforeAll(async () => {
  served = await startServed(credentials, { clock: { now: () => clock.now() + aheadMs } });
  params = { ...(await asUser(who.id)) };
  // Misfit's hook is asked to confirm each topic: what happens before that is told to nobody.
  await served.labs.misfit.notifications.idle();
  await served.serving.gateway.webhooks.idle();
});
const between = async () => {
  aheadMs += 15 * 60_000;
  for (const one of open.splice(0)) await one.end();
};
afterEach(between);
afterAll(() => served.close());

async function listen(query: string, as = params): Promise<Subscription> {
  const subscription = await served.subscribe(query, { params: as });
  open.push(subscription);
  return subscription;
}

const ask = async (query: string) => {
  const answer = await served.ask(query, { headers: await asUser(who.id) });
  expect(answer.errors).toBeUndefined();
  return answer.data;
};

const subscribeTo = (provider: string) =>
  ask(`mutation { subscribe(input: { provider: ${provider}, domains: [ACTIVITY] }) {
    notices connection { status subscriptions { domains } } } }`);

const activity = (provider: string) =>
  `activity(range: { from: "${date}", to: "${date}" }, providers: [${provider}]) { days { date source steps } sources { status } }`;
const updatesFrom = (provider: string) =>
  `subscription { dataUpdated(providers: [${provider}], domains: [ACTIVITY]) {
     provider domain dates origin user { id ${activity(provider)} } } }`;

/** The first update of the day; others may come before it. */
async function updateOfTheDay(updates: Subscription) {
  for (;;) {
    const { dataUpdated } = await updates.next();
    if (dataUpdated.dates.includes(date)) return dataUpdated;
  }
}

function deliveriesOf(provider: "FITBIT" | "MISFIT" | "GOOGLE_HEALTH") {
  const { fitbit, misfit, googleHealth } = served.labs;
  if (provider === "FITBIT") return fitbit.deliveries;
  return provider === "MISFIT" ? misfit.notifications.deliveries : googleHealth.notifications.deliveries;
}

async function forge(provider: "FITBIT" | "MISFIT" | "GOOGLE_HEALTH"): Promise<void> {
  const { fitbit, misfit, googleHealth } = served.labs;
  if (provider === "FITBIT") await fitbit.notify(who.id, "activities", date, { forged: true });
  else if (provider === "MISFIT") {
    misfit.notifications.addFault({ kind: "tamper", times: 1 });
    misfit.announce(who.id, "goals", "any-goal");
    await misfit.notifications.idle();
  } else await googleHealth.announce(who.id, "steps", [date], { forgery: "stranger" });
}

story(
  "live data, from a walk to the end of a consent",
  (step) => {
    for (const provider of ["FITBIT", "MISFIT", "GOOGLE_HEALTH"] as const) {
      step(`${provider}: a walk arrives in the subscription, with its steps`, async () => {
        // The device has handed over nothing since noon.
        served.sandbox.sync.sync(who.id, at(12), provider);
        const { subscribe } = await subscribeTo(provider);
        expect(subscribe.connection).toEqual({ status: "CONNECTED", subscriptions: [{ domains: ["ACTIVITY"] }] });
        const before = (await ask(`{ viewer { ${activity(provider)} } }`)).viewer.activity;
        expect(before.sources).toEqual([{ status: "OK" }]);
        const updates = await listen(updatesFrom(provider));

        served.sandbox.sync.sync(who.id, at(20), provider);
        const { user, dates, ...update } = await updateOfTheDay(updates);
        expect(update).toEqual({ provider, domain: "ACTIVITY", origin: "LIVE" });
        expect(dates).toContain(date);
        expect(user.id).toBe(who.id);
        const [day] = user.activity.days;
        expect(day).toMatchObject({ date, source: provider, steps: expect.any(Number) });
        expect(day.steps).toBeGreaterThan(before.days[0].steps);
        // Devices differ by a few steps in a hundred.
        expect(Math.abs(day.steps / stepsUntil(date, 20) - 1)).toBeLessThan(0.06);
        // And it is what everybody else is told from now on.
        expect((await ask(`{ viewer { ${activity(provider)} } }`)).viewer.activity.days).toEqual([day]);
      });

      step(`${provider}: what somebody else made up is refused, and nothing arrives`, async () => {
        const updates = await listen(updatesFrom(provider));
        const before = deliveriesOf(provider).length;
        await forge(provider);
        const refused = deliveriesOf(provider).slice(before);
        expect(refused.length).toBeGreaterThan(0);
        for (const { accepted, attempts } of refused) {
          expect(accepted).toBe(false);
          for (const { status } of attempts) expect([401, 403, 404]).toContain(status);
        }
        // A genuine one after it is the first that is heard.
        served.sandbox.sync.sync(who.id, at(22), provider);
        const { user } = await updateOfTheDay(updates);
        expect(Math.abs(user.activity.days[0].steps / stepsUntil(date, 22) - 1)).toBeLessThan(0.06);
      });
    }

    step("whoever tries it out has a wearable sync by a request", async () => {
      const sync = async (path: string) => await fetch(`${served.url}/lab/sync/${path}`, { method: "POST" });
      await subscribeTo("FITBIT");
      expect((await sync(`${who.id}?until=${new Date(at(12)).toISOString()}`)).status).toBe(204);
      await ask(`{ viewer { ${activity("FITBIT")} } }`);
      const updates = await listen(updatesFrom("FITBIT"));
      expect((await sync(who.id)).status).toBe(204);
      const { user } = await updateOfTheDay(updates);
      expect(Math.abs(user.activity.days[0].steps / dayTotals(who, who.day(date)).steps - 1)).toBeLessThan(0.06);

      expect((await sync("nobody")).status).toBe(400);
      expect((await sync(`${who.id}?until=tomorrow`)).status).toBe(400);
    });

    step("an app hears that a connection ended, and nobody else does", async () => {
      const changes = await listen("subscription { connectionChanged { provider { id } status } }");
      const others = await listen("subscription { connectionChanged { provider { id } status } }", {
        ...(await asUser("both")),
      });
      await ask("mutation { disconnect(input: { provider: MISFIT }) { revokedAtProvider } }");
      expect((await changes.next()).connectionChanged).toEqual({ provider: { id: "MISFIT" }, status: "REVOKED" });
      await served.ask("mutation { disconnect(input: { provider: FITBIT }) { revokedAtProvider } }", {
        headers: await asUser("both"),
      });
      expect((await others.next()).connectionChanged).toEqual({ provider: { id: "FITBIT" }, status: "REVOKED" });
    });

    const CHANGES = "subscription { connectionChanged { provider { id } status } }";

    step("withdrawn consent ends the connection here at once where the provider says so", async () => {
      await subscribeTo("FITBIT");
      const changes = await listen(CHANGES);
      served.labs.fitbit.revoke(who.id);
      expect((await changes.next()).connectionChanged).toEqual({ provider: { id: "FITBIT" }, status: "REVOKED" });
    });

    step("withdrawn consent is found out at once where it reads like data that was deleted", async () => {
      await subscribeTo("GOOGLE_HEALTH");
      const changes = await listen(CHANGES);
      served.labs.googleHealth.revoke(who.id);
      expect((await changes.next()).connectionChanged).toEqual({
        provider: { id: "GOOGLE_HEALTH" },
        status: "REAUTHORIZATION_REQUIRED",
      });
      const { activity: history } = (await ask(`{ viewer { ${activity("GOOGLE_HEALTH")} } }`)).viewer;
      expect(history.sources).toEqual([{ status: "REAUTHORIZATION_REQUIRED" }]);
    });
  },
  { timeoutMs: 480_000, between },
);

test("a socket ends with the token that opened it", async () => {
  const socket = await endingSoon(async (seconds) => {
    const authorization = `Bearer ${await tokenFor(who.id, seconds)}`;
    return await listen("subscription { connectionChanged { id } }", { authorization });
  });
  expect(await socket.closed).toMatchObject({ code: 4403, reason: "Token expired" });
});
