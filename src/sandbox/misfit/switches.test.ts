import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { labFor, range } from "../../../test/support/misfit-lab.js";
import { defaultSwitches } from "./switches.js";

describe("a switch", () => {
  let setup: Awaited<ReturnType<typeof labFor>>;
  beforeAll(async () => {
    setup = await labFor("demo");
    setup.lab.setHourlyLimit(10_000);
  });
  afterEach(() => {
    Object.assign(setup.lab.switches, defaultSwitches());
  });
  afterAll(() => setup.lab.close());

  const days = async (first: string, last: string) => {
    const { summary } = await setup.read(`me/activity/summary?${range(first, last)}&detail=true`);
    return summary.map((row: { date: string }) => row.date);
  };
  const list = async (type: string, first = "2026-11-01", last = "2026-11-19") =>
    (await setup.read(`me/activity/${type}?${range(first, last)}`))[type];

  /** Two neighbours that were both worn. */
  const pair = async (): Promise<[string, string]> => {
    const worn: string[] = await days("2026-11-02", "2026-11-18");
    const at = worn.findIndex((date, index) => index > 0 && Date.parse(date) - Date.parse(worn[index - 1]!) === 864e5);
    return [worn[at - 1]!, worn[at]!];
  };

  it("endDateInclusive leaves the last day out, or does so by turns", async () => {
    const [first, last] = await pair();
    expect(await days(first, last)).toEqual([first, last]);
    setup.lab.switches.endDateInclusive = false;
    expect(await days(first, last)).toEqual([first]);
    expect(await days(last, last)).toEqual([last]);
    setup.lab.switches.endDateInclusive = "flaky";
    const answers = [await days(first, last), await days(first, last)];
    expect(answers.map((answer) => answer.length).sort()).toEqual([1, 2]);
  });

  it("duplicateAcrossWindows answers the neighbouring days too", async () => {
    const [first, last] = await pair();
    setup.lab.switches.duplicateAcrossWindows = true;
    expect(await days(first, first)).toEqual(expect.arrayContaining([first, last]));
  });

  it("summaryZeroRows fills days without data, but none to come", async () => {
    const sparse = await days("2026-10-15", "2026-11-14");
    setup.lab.switches.summaryZeroRows = true;
    expect(sparse.length).toBeLessThan(31);
    expect(await days("2026-10-15", "2026-11-14")).toHaveLength(31);
    expect(await days("2026-11-20", "2026-11-25")).toEqual(["2026-11-20"]);
  });

  it("omitGoalIds, timeZoneOffsetOnGoals, omitCalories, omitProfileName and lastSyncTime take fields away", async () => {
    const { lab, read } = setup;
    expect((await list("goals"))[0]).toMatchObject({ timeZoneOffset: 1 });
    Object.assign(lab.switches, {
      omitGoalIds: true,
      timeZoneOffsetOnGoals: false,
      omitCalories: true,
      omitProfileName: true,
      lastSyncTime: false,
    });
    const goals = await list("goals");
    expect(goals[0]).not.toHaveProperty("id");
    expect(goals[1]).toHaveProperty("id");
    expect(goals[0]).not.toHaveProperty("timeZoneOffset");
    for (const session of await list("sessions")) {
      expect(session).not.toHaveProperty("calories");
    }
    expect(await read("me/profile")).not.toHaveProperty("name");
    expect(await read("me/device")).not.toHaveProperty("lastSyncTime");
  });

  it("unknownFields adds some to every object", async () => {
    setup.lab.switches.unknownFields = true;
    expect(await setup.read("me/profile")).toHaveProperty("revision");
    expect((await list("sleeps"))[0]).toHaveProperty("origin");
  });

  it("sleepFiledBy decides between the evening and the morning", async () => {
    const night = (await list("sleeps")).find(({ startTime }: { startTime: string }) => startTime.slice(11, 13) > "20");
    const evening = night.startTime.slice(0, 10);
    const ids = async (date: string) => (await list("sleeps", date, date)).map(({ id }: { id: string }) => id);
    expect(await ids(evening)).not.toContain(night.id);
    setup.lab.switches.sleepFiledBy = "start";
    expect(await ids(evening)).toContain(night.id);
    expect(await setup.read(`me/activity/sleeps/${night.id}`)).toEqual(night);
  });

  it("sleepDetailsMode spoils the change points", async () => {
    const { switches } = setup.lab;
    const night = async () => (await list("sleeps"))[0];
    const normal = await night();
    const times = ({ sleepDetails }: { sleepDetails: { datetime: string }[] }) =>
      sleepDetails.map(({ datetime }) => Date.parse(datetime));
    const start = Date.parse(normal.startTime);

    switches.sleepDetailsMode = "empty";
    expect((await night()).sleepDetails).toEqual([]);
    switches.sleepDetailsMode = "missing";
    expect(await night()).not.toHaveProperty("sleepDetails");
    switches.sleepDetailsMode = "unsorted";
    expect((await night()).sleepDetails).toEqual(normal.sleepDetails.toReversed());
    switches.sleepDetailsMode = "zeroDuration";
    expect((await night()).duration).toBe(0);
    switches.sleepDetailsMode = "outOfWindow";
    const outside = times(await night());
    expect(outside[0]).toBeLessThan(start);
    expect(outside.at(-1)).toBeGreaterThan(start + normal.duration * 1000);
  });
});
