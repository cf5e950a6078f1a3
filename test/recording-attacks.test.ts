/** What nobody asked for: bounds, zones, keys, other people, and things that happen in the middle of a record. */
import { openRecordingBench, type RecordingBench } from "./support/recording-bench.js";

let bench: RecordingBench;
beforeAll(async () => {
  bench = await openRecordingBench();
});
afterAll(async () => await bench[Symbol.asyncDispose]());
afterEach(() => bench.restore());

const day = "2026-11-20";
const water = (key: string, ml: number, time = `${day}T09:30:00+01:00`) =>
  `recordWater(input: { provider: GOOGLE_HEALTH, key: "${key}", time: "${time}", amount: ${ml} }) { id dates }`;
const weigh = (key: string, more: string, time = `${day}T07:11:00+01:00`) =>
  `recordWeighing(input: { provider: GOOGLE_HEALTH, key: "${key}", time: "${time}", ${more} }) { id dates }`;
const drunk = async (ml: number): Promise<readonly string[]> => {
  const { nutrition } = await bench.read(`nutrition(range: { lastDays: 400 }) { entries { id water } }`);
  return nutrition.entries.filter((one: { water: number }) => one.water === ml).map(({ id }: { id: string }) => id);
};

describe("values at their bounds", () => {
  it.each([
    ["weight: 1", "weight: 0.999"],
    ["weight: 650", "weight: 650.001"],
    ["weight: 1433.0047, unit: POUND", "weight: 1433.01, unit: POUND"],
    ["fatPercentage: 90", "fatPercentage: 90.01"],
  ])("%s is recorded, and %s is not", async (good, bad) => {
    const minute = String(10 + good.length).slice(-2);
    const made = await bench.mutate(weigh(good, good, `${day}T05:${minute}:00+01:00`));
    const { body } = await bench.read(`body(range: { from: "${day}", to: "${day}" }) { measurements { id } }`);
    expect(body.measurements).toContainEqual({ id: made.id });
    expect(await bench.refusal(weigh("over", bad))).toMatchObject({ code: "BAD_USER_INPUT" });
  });

  it.each(["1e309", "-1", "0", `"12"`, "null", "true"])("%s is no amount", async (amount) => {
    const mutation = water("amount", 1).replace("amount: 1", `amount: ${amount}`);
    expect(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"]).toContain(
      (await bench.refusal(mutation)).code,
    );
    expect(bench.asked()).toEqual([]);
  });
});

describe("times", () => {
  it("of other zones are filed under the day that their offset has", async () => {
    expect(await bench.mutate(water("kiritimati", 251, `${day}T00:30:00+14:00`))).toMatchObject({ dates: [day] });
    expect(await bench.mutate(water("baker", 252, "2026-11-19T23:30:00-12:00"))).toMatchObject({
      dates: ["2026-11-19"],
    });
    expect(await drunk(251)).toHaveLength(1);
    expect(await drunk(252)).toHaveLength(1);
  });

  it.each([
    ["a minute and a second ahead", "2026-11-20T20:08:01.001Z"],
    ["a year ahead", "2027-11-20T20:08:01Z"],
    ["in the year 9999", "9999-12-31T23:59:59Z"],
    ["in 1999", "1999-12-31T23:59:59Z"],
    ["on 30 February", "2026-02-30T09:30:00Z"],
    ["at 24 o'clock", `${day}T24:00:00Z`],
    ["at 25 o'clock", `${day}T25:30:00Z`],
    ["without an offset", `${day}T09:30:00`],
    ["with an offset that no zone has", `${day}T09:30:00+25:00`],
    ["as a date alone", day],
  ])("%s are refused", async (_what, time) => {
    expect(await bench.refusal(water("time", 253, time))).toMatchObject({ code: "BAD_USER_INPUT" });
    expect(bench.asked()).toEqual([]);
  });

  it("are taken from a clock that is a minute ahead", async () => {
    expect(await bench.mutate(water("ahead", 254, "2026-11-20T20:08:00Z"))).toMatchObject({ dates: [day] });
  });
});

describe("keys", () => {
  it.each([
    ["of 3,000 characters", "k".repeat(3000)],
    ["of 201 characters", "k".repeat(201)],
    ["of blanks", "   "],
    ["with a line break", "a\\nb"],
    ["with a character that nothing shows", "a\\u0000b"],
  ])("%s are refused", async (_what, key) => {
    expect(await bench.refusal(water(key, 255))).toMatchObject({ code: "BAD_USER_INPUT" });
    expect(bench.asked()).toEqual([]);
  });

  it("of 200 characters, of an emoji, and of what looks like a path are keys like others", async () => {
    const keys = ["k".repeat(200), "💧", "../../records/x", "%00", "__proto__"];
    const ids = [];
    for (const key of keys) ids.push((await bench.mutate(water(key, 256))).id);
    expect(new Set(ids).size).toBe(keys.length);
  });

  it("are of a user, whatever kind of record and provider they are used for", async () => {
    const { id } = await bench.mutate(water("kind", 257));
    expect(await bench.refusal(weigh("kind", "weight: 70"))).toMatchObject({ code: "BAD_USER_INPUT" });
    expect(await bench.refusal(water("kind", 257).replace("GOOGLE_HEALTH", "OURA"))).toMatchObject({
      code: "BAD_USER_INPUT",
    });
    expect(await bench.mutate(water("kind", 257))).toMatchObject({ id });
  });

  it("that differ have the same record twice, each to be deleted by itself", async () => {
    const [one, two] = [await bench.mutate(water("twin-1", 258)), await bench.mutate(water("twin-2", 258))];
    expect(new Set(await drunk(258))).toEqual(new Set([one.id, two.id]));
    await bench.mutate(`deleteRecord(input: { id: "${one.id}" }) { id }`);
    expect(await drunk(258)).toEqual([two.id]);
    // Deleted is not free: it answers as it did, and records nothing.
    bench.lab.forgetRequests();
    expect(await bench.mutate(water("twin-1", 258))).toEqual(one);
    expect(bench.creates("hydration-log")).toBe(0);
    expect(await drunk(258)).toEqual([two.id]);
  });

  it("of one operation are each carried out once, in their order", async () => {
    const made = water("aliases", 259);
    const { id } = await bench.mutate(`${made} again: ${made} third: ${made}`);
    expect(bench.creates("hydration-log")).toBe(1);
    expect(await drunk(259)).toEqual([id]);
  });
});

describe("a provider that answers 200", () => {
  const answers: readonly (readonly [what: string, body: unknown, code: string])[] = [
    ["with an error in the operation", { name: "op", done: true, error: { code: 3 } }, "PROVIDER_UNAVAILABLE"],
    ["with an error around it", { error: { code: 500, status: "INTERNAL" } }, "PROVIDER_UNAVAILABLE"],
    ["with nothing of what it documents", { hello: "world" }, "RECORD_OUTCOME_UNKNOWN"],
    ["with a list", [], "RECORD_OUTCOME_UNKNOWN"],
    ["with an operation that names nothing", { done: true, response: {} }, "RECORD_OUTCOME_UNKNOWN"],
  ];
  const saying = (body: unknown) =>
    ({ path: "/hydration-log/dataPoints", method: "POST", rewrite: () => JSON.stringify(body), times: 1 }) as const;

  it.each(answers)("%s, and has recorded it: it is found", async (what, body) => {
    const before = await drunk(260);
    bench.lab.addFault(saying(body));
    const made = await bench.mutate(water(what, 260));
    expect(await bench.mutate(water(what, 260))).toEqual(made);
    expect((await drunk(260)).filter((id) => !before.includes(id))).toEqual([made.id]);
  });

  it.each(answers)("%s, and has recorded nothing: that is not told as recorded", async (what, body, code) => {
    const before = await drunk(261);
    bench.lab.switches.writes = "failed";
    bench.lab.addFault(saying(body));
    expect(await bench.refusal(water(`not ${what}`, 261))).toMatchObject({ code });
    bench.restore();
    const made = await bench.mutate(water(`not ${what}`, 261));
    expect((await drunk(261)).filter((id) => !before.includes(id))).toEqual([made.id]);
  });
});

describe("in the middle of a record", () => {
  const slowly = (mutation: string, path = "/hydration-log/dataPoints") => {
    bench.lab.addFault({ path, method: "POST", after: true, latencyMs: 700, times: 1 });
    const made = bench.mutate(mutation).catch((error: Error) => error);
    const sent = async () => {
      while (!(await bench.rows("records")).some((row) => JSON.stringify(row).includes(`"sent":true,"name":null`)))
        await new Promise((resolve) => setTimeout(resolve, 5));
    };
    return { made, sent: sent() };
  };

  it("another one under its key waits for it", async () => {
    const { made, sent } = slowly(water("middle", 271));
    await sent;
    expect(await bench.refusal(water("middle", 272))).toMatchObject({ code: "BAD_USER_INPUT" });
    expect(await bench.mutate(water("middle", 271))).toEqual(await made);
    expect(bench.creates("hydration-log")).toBe(1);
  });

  it("the person leaves with their data: that the key was used stays, and nothing else", async () => {
    const { made, sent } = slowly(water("leaving", 263));
    await sent;
    await bench.mutate("disconnect(input: { provider: GOOGLE_HEALTH, deleteData: true }) { notices }");
    await made;
    expect(new Set((await bench.rows("records")).map((row) => JSON.stringify(row)))).toEqual(
      new Set(['{"spent":true}']),
    );
    expect(await bench.rows("record-ids")).toEqual([]);
    await bench.connect("writing");
  });

  it("everything of the person is deleted: nothing is left of it", async () => {
    const { made, sent } = slowly(water("deleted", 264));
    await sent;
    await bench.mutate("deleteUserData(input: {}) { userId }");
    await made;
    expect([await bench.rows("records"), await bench.rows("record-ids")]).toEqual([[], []]);
    await bench.connect("writing");
  });

  it("the provider withdraws the consent: the person has to connect again, and nothing is recorded", async () => {
    bench.lab.revoke(bench.who);
    expect(await bench.refusal(water("revoked", 265))).toMatchObject({ code: "PROVIDER_NOT_CONNECTED" });
    await bench.connect("writing");
    expect(await bench.mutate(water("revoked", 265))).toMatchObject({ dates: [day] });
    expect(await drunk(265)).toHaveLength(1);
  });
});

it("is of the account at which it was recorded, and of no other of the person", async () => {
  const made = await bench.mutate(water("account", 266));
  bench.lab.addFault({ path: "/hydration-log/dataPoints", method: "POST", kind: "reset", times: 1 });
  expect(await bench.refusal(water("half", 267))).toMatchObject({ code: "RECORD_OUTCOME_UNKNOWN" });
  await bench.connect("writing", "google");
  expect(await bench.mutate(water("account", 266))).toEqual(made);
  expect(await bench.refusal(water("half", 267))).toMatchObject({ code: "BAD_USER_INPUT" });
  expect(await bench.refusal(`deleteRecord(input: { id: "${made.id}" }) { id }`)).toMatchObject({
    code: "PROVIDER_NOT_CONNECTED",
  });
  await bench.connect("writing");
  expect(await drunk(266)).toEqual([made.id]);
  expect(await bench.mutate(`deleteRecord(input: { id: "${made.id}" }) { id }`)).toEqual({ id: made.id });
});
