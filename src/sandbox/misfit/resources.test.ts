import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { labFor, range } from "../../../test/support/misfit-lab.js";
import { misfitUserId } from "./ids.js";

type Setup = Awaited<ReturnType<typeof labFor>>;
const november = range("2026-11-01", "2026-11-19");

describe("reading resources", () => {
  let setup: Setup;
  beforeAll(async () => {
    setup = await labFor("demo");
    setup.lab.setHourlyLimit(10_000);
  });
  afterAll(() => setup.lab.close());

  it("takes the token as bearer, as a header of its own, or in the query", async () => {
    const { get, accessToken } = setup;
    expect((await get("me/profile")).status).toBe(200);
    expect((await get("me/profile", { access_token: accessToken })).status).toBe(200);
    expect((await get(`me/profile?access_token=${accessToken}`, {})).status).toBe(200);
    // The bearer decides where several are sent.
    expect((await get("me/profile", { authorization: "Bearer nonsense", access_token: accessToken })).status).toBe(401);
  });

  it("refuses a missing, unknown or withdrawn token", async () => {
    const { lab, get } = setup;
    const other = lab.issueTokens("both").accessToken;
    lab.revoke("both");
    const refused: Record<string, string>[] = [{}, { access_token: "unknown" }, { authorization: `Bearer ${other}` }];
    for (const headers of refused) {
      const answer = await get("me/profile", headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("x-ratelimit-limit")).toBeNull();
      expect(await answer.json()).toEqual({ code: 401, message: "Invalid Access Token" });
    }
  });

  it("knows the person as `me` and by their id, and nobody else", async () => {
    const { read, get, providerUserId } = setup;
    const profile = await read("me/profile");
    expect(profile).toEqual({
      userId: providerUserId,
      name: "Demo Rivera",
      birthday: "1988-02-09",
      gender: "female",
      email: "demo@lab.example",
      avatar: expect.stringMatching(/^https:/),
    });
    expect(providerUserId).toMatch(/^[0-9a-f]{24}$/);
    expect(await read(`${providerUserId}/profile`)).toEqual(profile);
    expect(await read(`me/profile/${providerUserId}`)).toEqual(profile);
    const foreign = await get(`${misfitUserId("both")}/profile`);
    expect([foreign.status, await foreign.json()]).toEqual([403, { code: 403, message: "Forbidden" }]);
  });

  it("answers the current tracker, or an empty object", async () => {
    const { read, lab, get } = setup;
    const device = await read("me/device");
    expect(device).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{24}$/), lastSyncTime: expect.any(Number) });
    expect(await read(`me/device/${device.id}`)).toEqual(device);
    const { accessToken } = lab.issueTokens("empty");
    expect(await (await get("me/device", { access_token: accessToken })).json()).toEqual({});
  });

  it("ignores a slash at the end, and answers unknown routes in plain text", async () => {
    const { get, lab } = setup;
    expect((await get("me/profile/")).status).toBe(200);
    expect(await (await get(`me/activity/goals/?${november}`)).json()).toHaveProperty("goals");
    for (const path of ["me/heartrate", "me/heartrate/"]) {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
      expect(await answer.text()).toBe(`Cannot GET /move/resource/v1/user/${path}`);
    }
    const posted = await fetch(`${lab.url}/move/resource/v1/user/me/profile`, { method: "POST" });
    expect([posted.status, await posted.text()]).toEqual([404, "Cannot POST /move/resource/v1/user/me/profile"]);
  });

  it("wants both dates, real ones, in order and no more than 31 days", async () => {
    const { get } = setup;
    for (const type of ["goals", "summary", "sessions", "sleeps"]) {
      for (const wrong of [
        "",
        "start_date=2026-11-01",
        "end_date=2026-11-01",
        range("2026-11-31", "2026-12-01"),
        range("2026-11-1", "2026-11-02"),
        range("20261101", "20261102"),
        range("2026-11-02", "2026-11-01"),
        range("2026-10-01", "2026-11-01"),
      ]) {
        const answer = await get(`me/activity/${type}?${wrong}`);
        expect([answer.status, await answer.json()]).toEqual([400, { error_message: "Invalid parameters" }]);
      }
      expect((await get(`me/activity/${type}?${range("2026-10-01", "2026-10-31")}`)).status).toBe(200);
    }
  });

  it("finds every listed object by its id", async () => {
    const { read } = setup;
    for (const type of ["goals", "sessions", "sleeps"]) {
      const listed = (await read(`me/activity/${type}?${november}`))[type];
      expect(listed.length).toBeGreaterThan(3);
      for (const object of listed) {
        expect(await read(`me/activity/${type}/${object.id}`)).toEqual(object);
      }
    }
  });

  it("does not find unknown objects, nor those of others", async () => {
    const { get, read, lab } = setup;
    const foreign = lab.issueTokens("both").accessToken;
    const theirs = await (await get(`me/activity/sleeps?${november}`, { access_token: foreign })).json();
    for (const id of ["0".repeat(24), "nonsense", (theirs as { sleeps: { id: string }[] }).sleeps[0]?.id]) {
      const answer = await get(`me/activity/sleeps/${id}`);
      expect([answer.status, await answer.json()]).toEqual([400, { code: 400, message: "Object not found" }]);
    }
    const [first] = (await read(`me/activity/sessions?${november}`)).sessions;
    lab.deleteObject("demo", "sessions", first.id);
    expect((await get(`me/activity/sessions/${first.id}`)).status).toBe(400);
  });

  it("answers the sum of a range where no detail is asked for", async () => {
    const { read } = setup;
    const { summary } = await read(`me/activity/summary?${november}&detail=true`);
    const total = await read(`me/activity/summary?${november}`);
    expect(Object.keys(total).sort()).toEqual(["activityCalories", "calories", "distance", "points", "steps"]);
    const steps = summary.reduce((sum: number, row: { steps: number }) => sum + row.steps, 0);
    expect(total.steps).toBe(steps);
  });
});

describe("the hourly budget", () => {
  it("is 150, falls with every answer but 401, and then answers 429 until the reset", async () => {
    const { lab, clock, get, accessToken } = await labFor();
    clock.advance(10 * 60_000);
    const resetSeconds = Date.parse("2026-11-20T12:00:00Z") / 1000;
    const first = await get("me/profile");
    expect(first.headers.get("x-ratelimit-limit")).toBe("150");
    expect(first.headers.get("x-ratelimit-remaining")).toBe("149");
    expect(first.headers.get("x-ratelimit-reset")).toBe(String(resetSeconds));
    await get("me/profile", { access_token: "unknown" });
    expect((await get("me/activity/goals")).headers.get("x-ratelimit-remaining")).toBe("148");

    lab.setHourlyLimit(2);
    const over = await get("me/profile", { access_token: accessToken });
    expect(over.status).toBe(429);
    expect(over.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(over.headers.get("retry-after")).toBeNull();
    expect(await over.json()).toEqual({ error_code: 429, error_message: "Rate limit exceeded" });
    clock.advance(50 * 60_000);
    expect((await get("me/profile")).status).toBe(200);
    await lab.close();
  });

  it("may slide instead", async () => {
    const { lab, clock, get } = await labFor("demo", { switches: { rateLimitWindow: "sliding" } });
    lab.setHourlyLimit(2);
    clock.advance(30 * 60_000);
    await get("me/profile");
    clock.advance(40 * 60_000);
    await get("me/profile");
    expect((await get("me/profile")).status).toBe(429);
    clock.advance(20 * 60_000);
    expect((await get("me/profile")).status).toBe(200);
    expect((await get("me/profile")).status).toBe(429);
    await lab.close();
  });

  it("is spent by nobody else", async () => {
    const { lab, get } = await labFor();
    lab.setHourlyLimit(1);
    await get("me/profile");
    const { accessToken } = lab.issueTokens("both");
    expect((await get("me/profile", { access_token: accessToken })).status).toBe(200);
    await lab.close();
  });
});

describe("faults", () => {
  it("speak Misfit's own words, in the chosen shape", async () => {
    const { lab, get } = await labFor();
    lab.addFault({ status: 502, times: 1 });
    expect(await (await get("me/profile")).json()).toEqual({ error_code: 502, error_message: "Bad Gateway" });
    lab.addFault({ status: 429, times: 1 });
    const limited = await get("me/profile");
    expect([limited.status, limited.headers.get("x-ratelimit-remaining")]).toEqual([429, "150"]);
    lab.addFault({ status: 500, times: 1 });
    expect(await (await get("me/profile")).text()).toBe("Internal Server Error");

    lab.switches.errorShape = "error_code";
    const forbidden = await get(`${"0".repeat(24)}/profile`);
    expect(await forbidden.json()).toEqual({ error_code: 403, error_message: "Forbidden" });
    lab.switches.errorShape = "code";
    expect(await (await get("me/activity/goals")).json()).toEqual({ code: 400, message: "Invalid parameters" });
    await lab.close();
  });
});
