import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { serve, type TestServer } from "../../../test/support/connections-bench.js";
import { form, movableClock } from "../../../test/support/list-lab.js";
import { startWithingsLab, type WithingsLab } from "./index.js";

const WHO = "collector";
let clock: ReturnType<typeof movableClock>;
let lab: WithingsLab;
let receiver: TestServer;
let token: string;
let userid: string;
let says: number;
beforeEach(async () => {
  clock = movableClock(Date.parse("2026-11-20T04:00:00Z"));
  lab = await startWithingsLab({ clock });
  ({ accessToken: token, providerUserId: userid } = lab.issueTokens(WHO));
  says = 200;
  receiver = await serve(({ method, path }) => ({
    status: method === "HEAD" && path.endsWith("/closed") ? 404 : says,
  }));
});
afterEach(async () => {
  await lab.close();
  await receiver[Symbol.asyncDispose]();
});

const notify = async (action: string, fields: Record<string, string | number> = {}) => {
  const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  const { body } = await form(`${lab.url}/notify`, { action, ...texts }, { authorization: `Bearer ${token}` });
  return body;
};
const url = (path = "/webhooks/withings/s3cret") => `${receiver.url}${path}`;
const subscribe = (appli: number, callbackurl = url()) => notify("subscribe", { appli, callbackurl });
const posts = () => receiver.seen.filter(({ method }) => method === "POST");
const sent = () => posts().map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

test("an address is probed with HEAD, and one that does not answer is refused", async () => {
  expect(await subscribe(44)).toEqual({ status: 0, body: {} });
  expect(receiver.seen.map(({ method, path }) => [method, path])).toEqual([["HEAD", "/webhooks/withings/s3cret"]]);
  expect((await subscribe(44, url("/closed"))).status).toBe(293);
  expect((await subscribe(44, "http://127.0.0.1:9/none")).status).toBe(293);
  expect((await subscribe(44, url(`/${"x".repeat(255)}`))).status).toBe(293);
  expect((await subscribe(7)).status).toBe(503);
});

test("a public address needs https, a name and a usual port", async () => {
  lab.switches.strictCallbacks = true;
  lab.setWebhookUrl(receiver.url);
  const outcomes: number[] = [];
  for (const address of [
    "https://gateway.example/h",
    "http://gateway.example/h",
    "https://192.0.2.7/h",
    "https://gateway.example:8443/h",
  ]) {
    outcomes.push((await subscribe(1, address)).status);
  }
  expect(outcomes).toEqual([0, 293, 293, 293]);
  await lab.announce(WHO, 1, { startdate: 1, enddate: 2 });
  expect(posts().map(({ path }) => path)).toEqual(["/h"]);
});

test("subscriptions can be listed, read, changed and removed", async () => {
  await subscribe(1);
  await notify("subscribe", { appli: 44, callbackurl: url(), comment: "nights" });
  await subscribe(44);
  const { body } = await notify("list");
  expect(body.profiles).toEqual([
    { appli: 1, callbackurl: url(), comment: "", expires: 2_147_483_647 },
    { appli: 44, callbackurl: url(), comment: "", expires: 2_147_483_647 },
  ]);
  expect((await notify("list", { appli: 44 })).body.profiles).toHaveLength(1);
  expect((await notify("get", { callbackurl: url() })).body).toEqual({ appli: 1, callbackurl: url(), comment: "" });
  expect((await notify("update", { appli: 1, callbackurl: url(), new_callbackurl: url("/other") })).status).toBe(0);
  expect((await notify("update", { appli: 44, callbackurl: url(), new_callbackurl: url("/closed") })).status).toBe(293);
  expect((await notify("get", { callbackurl: url(), appli: 1 })).status).toBe(286);
  expect((await notify("revoke", { callbackurl: url("/other"), appli: 1 })).status).toBe(0);
  expect((await notify("list")).body.profiles.map(({ appli }: { appli: number }) => appli)).toEqual([44]);
});

test("a sync is told as forms without a signature, and what they name can be fetched", async () => {
  for (const appli of [1, 4, 16, 44]) await subscribe(appli);
  lab.sync.sync(WHO, Date.parse("2026-11-19T22:00:00Z"), "WITHINGS");
  await lab.idle();
  const before = posts().length;
  clock.nowMs = Date.parse("2026-11-20T15:00:00Z");
  lab.sync.sync(WHO, clock.nowMs, "WITHINGS");
  await lab.idle();
  const notices = sent().slice(before);
  expect(notices.every((notice) => notice["userid"] === userid)).toBe(true);
  const [night] = notices.filter(({ appli }) => appli === "44");
  const answer = await form(
    `${lab.url}/v2/sleep`,
    { action: "getsummary", startdateymd: "2026-11-20", enddateymd: "2026-11-20" },
    { authorization: `Bearer ${lab.issueTokens(WHO).accessToken}` },
  );
  const found = answer.body.body.series.map(({ startdate, enddate }: Record<string, number>) => [
    String(startdate),
    String(enddate),
  ]);
  expect(found).toContainEqual([night!["startdate"], night!["enddate"]]);
  expect(notices.filter(({ appli }) => appli === "16")).toEqual([{ userid, date: "2026-11-20", appli: "16" }]);
  const { headers } = posts()[0]!;
  expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
  expect(Object.keys(headers).filter((name) => /sign|secret|auth/.test(name))).toEqual([]);
});

test("what is not accepted is tried six times in all; a redirect is accepted", async () => {
  await subscribe(44);
  says = 500;
  await lab.announce(WHO, 44, { startdate: 1, enddate: 2 });
  expect(posts()).toHaveLength(6);
  says = 302;
  await lab.announce(WHO, 44, { startdate: 1, enddate: 3 });
  expect(sent().slice(6)).toEqual([{ userid, startdate: "1", enddate: "3", appli: "44" }]);
});

test("the app hears that a person withdrew, and then nothing more", async () => {
  for (const appli of [16, 46]) await subscribe(appli);
  lab.revoke(WHO);
  await lab.idle();
  expect(sent()).toEqual([{ userid, action: "unlink", appli: "46" }]);
  expect((await notify("list")).status).toBe(401);
  await lab.announce(WHO, 16, { date: "2026-11-20" });
  expect(posts()).toHaveLength(1);
});

test("without an address for notices nothing is sent", async () => {
  await subscribe(16);
  lab.setWebhookUrl(null);
  await lab.announce(WHO, 16, { date: "2026-11-20" });
  expect(posts()).toEqual([]);
});
