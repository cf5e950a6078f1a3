import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { clientOf, movableClock, send } from "../../../test/support/list-lab.js";
import { readExtract, schemaFaults } from "../../../test/support/schema-faults.js";
import { startWhoopLab, type WhoopLab } from "./index.js";

const BASE = "/developer";
const { schemas, answers } = readExtract("whoop.schemas.json");
const WHO = "collector";
const clock = movableClock(Date.parse("2026-11-20T15:00:00Z"));
let lab: WhoopLab;
let get: ReturnType<typeof clientOf>["get"];
beforeAll(async () => {
  lab = await startWhoopLab({ clock });
});
afterEach(() => {
  lab.setLimit(1_000_000);
  lab.switches.lastToken = "absent";
  clock.nowMs = Date.parse("2026-11-20T15:00:00Z");
});
beforeAll(() => {
  lab.setLimit(1_000_000);
  ({ get } = clientOf(lab, WHO));
});
afterAll(() => lab.close());

// biome-ignore lint/suspicious/noExplicitAny: the schema of the records has a test of its own
type Rec = any;
/** Every page of a list. */
async function all(path: string, start: string, end: string): Promise<Rec[]> {
  const records: Rec[] = [];
  let nextToken = "";
  do {
    const query = { start, end, limit: "25", ...(nextToken && { nextToken }) };
    const { status, body } = await get(`${BASE}/v2${path}`, query);
    expect(status).toBe(200);
    records.push(...body.records);
    nextToken = body.next_token ?? "";
  } while (nextToken);
  return records;
}
const local = (instant: string, offset: string) =>
  new Date(
    Date.parse(instant) +
      (offset === "Z" ? 0 : Date.parse(`2026-01-01T00:00:00Z`) - Date.parse(`2026-01-01T00:00:00${offset}`)),
  ).toISOString();
const [FROM, UNTIL] = ["2026-09-20T00:00:00.000Z", "2026-11-20T15:00:00.000Z"];

test.each(Object.keys(answers).filter((path) => !path.includes("{")))("%s has the published shape", async (path) => {
  const { status, body } = await get(`${BASE}${path}`, { start: FROM, end: UNTIL, limit: "25" });
  expect(status).toBe(200);
  expect(schemaFaults(schemas, schemas[answers[path]!]!, body)).toEqual([]);
  if (!body.records) return;
  expect(body.records).toHaveLength(25);
  for (const name of ["cycleId", "sleepId", "workoutId"]) {
    const one = answers[`${path}/{${name}}`];
    if (one === undefined) continue;
    const single = await get(`${BASE}${path}/${body.records[0].id}`);
    expect([single.status, single.body]).toEqual([200, body.records[0]]);
    expect(schemaFaults(schemas, schemas[one]!, single.body)).toEqual([]);
  }
});

test("pages are newest first, ten at a time or up to 25, and the last one says so in three ways", async () => {
  const sleeps = await all("/activity/sleep", FROM, UNTIL);
  const starts = sleeps.map(({ start }) => start);
  expect(starts).toEqual(starts.toSorted().reverse());
  const { body } = await get(`${BASE}/v2/activity/sleep`, { start: FROM, end: UNTIL });
  expect(body.records).toEqual(sleeps.slice(0, 10));
  const statuses = await Promise.all(
    ["26", "0", "many"].map(async (limit) => (await get(`${BASE}/v2/cycle`, { limit })).status),
  );
  expect(statuses).toEqual([400, 400, 400]);
  for (const start of ["yesterday", "+275760-09-13T00:00:00Z", "-271821-04-20T00:00:00Z"]) {
    expect((await get(`${BASE}/v2/cycle`, { start })).status).toBe(400);
  }
  expect((await get(`${BASE}/v2/cycle`, { nextToken: "made-up" })).status).toBe(400);
  const one = { start: "2026-11-20T00:00:00.000Z", end: UNTIL };
  const lastOf = async (way: "absent" | "null" | "empty") => {
    lab.switches.lastToken = way;
    return (await get(`${BASE}/v2/cycle`, one)).body.next_token;
  };
  expect([await lastOf("absent"), await lastOf("null"), await lastOf("empty")]).toEqual([undefined, null, ""]);
});

test("a span includes its start, not its end, and what it touches", async () => {
  const [sleep] = await all("/activity/sleep", "2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z");
  const within = async (start: string, end: string) => (await all("/activity/sleep", start, end)).map(({ id }) => id);
  const later = (instant: string, ms: number) => new Date(Date.parse(instant) + ms).toISOString();
  expect(await within(later(sleep.start, 60_000), later(sleep.start, 120_000))).toEqual([sleep.id]);
  expect(await within(sleep.end, later(sleep.end, 60_000))).toEqual([sleep.id]);
  expect(await within(later(sleep.start, -60_000), sleep.start)).toEqual([]);
});

test("a cycle goes from one main sleep to the next; the last one runs, and is settled later", async () => {
  const cycles = await all("/cycle", FROM, UNTIL);
  const mains = (await all("/activity/sleep", FROM, UNTIL)).filter(({ nap }) => !nap);
  expect(cycles.map(({ start }) => start)).toEqual(mains.map(({ start }) => start));
  expect("end" in cycles[0]).toBe(false);
  for (const [index, { end }] of cycles.slice(1).entries()) {
    const next = cycles[index].start;
    if (Date.parse(next) - Date.parse(cycles[index + 1].start) < 96 * 3_600_000) expect(end).toBe(next);
  }
  // Most nights begin after midnight, so a cycle ends on the day after its own.
  const lateEnds = cycles
    .slice(1)
    .filter(
      ({ end, start, timezone_offset: offset }) => local(end, offset).slice(0, 10) > local(start, offset).slice(0, 10),
    );
  expect(lateEnds.length).toBeGreaterThan(30);
  expect(
    mains.filter(
      ({ end, start, timezone_offset: offset }) =>
        local(end, offset).slice(0, 10) === local(start, offset).slice(0, 10),
    ).length,
  ).toBeGreaterThan(20);
  expect(new Set(cycles.map(({ timezone_offset: offset }) => offset))).toEqual(
    new Set(["+02:00", "+03:00", "+09:00", "Z"]),
  );
  const energy = cycles[0].score.kilojoule;
  clock.nowMs += 3 * 3_600_000;
  const fresh = clientOf(lab, WHO).get;
  const [running] = (await fresh(`${BASE}/v2/cycle`, { start: "2026-11-20T00:00:00Z" })).body.records;
  expect([running.id, running.score.kilojoule > energy]).toEqual([cycles[0].id, true]);
});

test("recoveries have the sleep's id and the cycle's, and no time of their own", async () => {
  const recoveries = await all("/recovery", FROM, UNTIL);
  const sleeps = new Map((await all("/activity/sleep", FROM, UNTIL)).map((sleep) => [sleep.id, sleep]));
  const order = recoveries.map(({ sleep_id }) => sleeps.get(sleep_id).start);
  expect(order).toEqual(order.toSorted().reverse());
  for (const { cycle_id, sleep_id, ...rest } of recoveries) {
    expect(sleeps.get(sleep_id)).toMatchObject({ cycle_id, nap: false });
    expect(["id", "start", "timezone_offset"].filter((name) => name in rest)).toEqual([]);
  }
  const [{ cycle_id, sleep_id }] = recoveries;
  expect((await get(`${BASE}/v2/cycle/${cycle_id}/recovery`)).body).toEqual(recoveries[0]);
  expect((await get(`${BASE}/v2/cycle/${cycle_id}/sleep`)).body).toEqual(sleeps.get(sleep_id));
  for (const path of [
    "/cycle/1/recovery",
    `/cycle/${cycle_id + 1}/sleep`,
    "/cycle/none",
    `/activity/sleep/${sleep_id.slice(1)}`,
  ]) {
    expect((await get(`${BASE}/v2${path}`)).status).toBe(404);
  }
  const old = await all("/recovery", "2022-02-01T00:00:00Z", "2022-02-20T00:00:00Z");
  expect(old.some(({ score }) => score && "spo2_percentage" in score)).toBe(false);
  expect(old.some(({ score }) => score?.user_calibrating)).toBe(true);
});

test("a score is there if and only if the record is scored", async () => {
  const states = new Set<string>();
  clock.nowMs = Date.parse("2026-11-20T15:00:00Z");
  for (const path of ["/cycle", "/recovery", "/activity/sleep", "/activity/workout"]) {
    for (const record of await all(path, FROM, UNTIL)) {
      states.add(record.score_state);
      expect("score" in record).toBe(record.score_state === "SCORED");
    }
  }
  const [newest] = await all("/activity/sleep", "2026-11-19T00:00:00Z", UNTIL);
  lab.sync.sync(WHO, Date.parse(newest.end) + 60_000, "WHOOP");
  const [pending] = await all("/activity/sleep", "2026-11-19T00:00:00Z", UNTIL);
  lab.sync.follow(WHO);
  expect([pending.id, pending.score_state]).toEqual([newest.id, "PENDING_SCORE"]);
  expect(states).toEqual(new Set(["SCORED", "UNSCORABLE"]));
});

test("sleeps are totals alone, with naps among them; workouts have zones, and one is a sauna", async () => {
  const sleeps = (await all("/activity/sleep", FROM, UNTIL)).filter(({ score }) => score);
  expect(sleeps.some(({ nap }) => nap)).toBe(true);
  expect(sleeps.some(({ score }) => score.stage_summary.total_no_data_time_milli > 0)).toBe(true);
  const workouts = await all("/activity/workout", FROM, UNTIL);
  expect(workouts.some(({ sport_name: name, score }) => name === "sauna" && score === undefined)).toBe(true);
  for (const { score, start, end } of workouts.filter((workout) => workout.score)) {
    const zones = Object.values(score.zone_durations as Record<string, number>).reduce((sum, each) => sum + each, 0);
    expect(Math.abs(zones - (Date.parse(end) - Date.parse(start)))).toBeLessThan(180_000);
    expect(score.strain > 0 && score.strain < 21).toBe(true);
  }
});

test("both limits are the app's, and every answer tells of the one that ends first", async () => {
  lab.setLimit(3, 0);
  lab.setLimit(10_000, 1);
  clock.nowMs += 90_000_000;
  const ask = clientOf(lab, WHO).get;
  const first = await ask(`${BASE}/v2/user/profile/basic`);
  expect(["limit", "remaining", "reset"].map((name) => first.headers.get(`x-ratelimit-${name}`))).toEqual([
    "3, 3;window=60, 10000;window=86400",
    "2",
    "60",
  ]);
  const other = clientOf(lab, "demo").get;
  await other(`${BASE}/v2/user/profile/basic`);
  await ask(`${BASE}/v2/cycle`, { start: UNTIL });
  const refused = await ask(`${BASE}/v2/user/profile/basic`);
  expect([
    refused.status,
    refused.body,
    refused.headers.get("x-ratelimit-remaining"),
    refused.headers.get("retry-after"),
  ]).toEqual([429, "", "0", null]);
});

test("errors are text or nothing, and a scope that is missing is a 401", async () => {
  const { get: ask } = clientOf(lab, WHO, ["read:profile"]);
  expect(await ask(`${BASE}/v2/cycle`)).toMatchObject({ status: 401, body: "Authorization was not valid" });
  expect((await ask(`${BASE}/v2/user/profile/basic`)).body).toMatchObject({
    first_name: "Aino",
    user_id: expect.any(Number),
  });
  expect((await clientOf(lab, "demo").get(`${BASE}/v2/user/measurement/body`)).status).toBe(404);
  expect((await get(`${BASE}/v1/activity-mapping/7`)).status).toBe(404);
  const [sleep] = (await get(`${BASE}/v2/activity/sleep`)).body.records;
  expect((await get(`${BASE}/v2/activity/sleep/${sleep.id}/stream`, { types: "hr" })).status).toBe(403);
});

test("a person's own token ends the grant", async () => {
  const { headers } = clientOf(lab, WHO);
  expect((await send(`${lab.url}${BASE}/v2/user/access`, { method: "DELETE", headers })).status).toBe(204);
  expect((await send(`${lab.url}${BASE}/v2/user/profile/basic`, { headers })).status).toBe(401);
  ({ get } = clientOf(lab, WHO));
});
