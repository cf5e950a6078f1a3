import { addDays } from "../src/model/time.js";
import { type AcmeGateway, startAcme } from "./support/acme.js";

/** The stages of nights, from a provider that tells them by a call for each night, and of the last 90 days only. */
const today = "2026-06-17";
const day = (back: number) => addDays(today, -back);
const night = (date: string, id: string, minutes: number) => ({
  id,
  start: `${addDays(date, -1)}T23:10:00Z`,
  end: `${date}T06:40:00Z`,
  asleep_minutes: minutes,
});
// Each promise has nights of its own.
const nights = [95, 25, 15, 5, 4, 3].map((back) => night(day(back), `n${back}`, 400 + back));
/** Of the night of four days ago there are only a stranger's. */
const stages = new Map([5, 4, 3, 25].map((back) => [day(back), { back, id: back === 4 ? "another" : `n${back}` }]));
const stagesOn = (date: string) => {
  const told = stages.get(date);
  if (!told) return { stages: [] };
  const segments = [{ stage: "deep", start: `${date}T00:10:00Z`, seconds: 1_000 + told.back }];
  return { stages: [{ sleep_id: told.id, segments }] };
};

let acme: AcmeGateway;
let isBroken = false;

beforeAll(async () => {
  acme = await startAcme(
    ({ pathname, searchParams }) => {
      const [from, to] = [searchParams.get("from")!, searchParams.get("to")!];
      switch (pathname) {
        case "/v1/me":
          return { id: "person-1", name: "Ada", zone: "Etc/UTC" };
        case "/v1/sleeps":
          if (isBroken) return undefined;
          return { sleeps: nights.filter(({ end }) => end.slice(0, 10) >= from && end.slice(0, 10) <= to) };
        default:
          return stagesOn(searchParams.get("day")!);
      }
    },
    { clock: { now: () => Date.parse(`${today}T11:00:00Z`) } },
  );
  await acme.ask("{ viewer { profile { timeZone } } }");
});
beforeEach(() => {
  acme.asked.length = 0;
});
afterEach(() => {
  isBroken = false;
});
afterAll(async () => await acme.close());

const query = (from: string, to: string, fields: string) =>
  `{ viewer { sleep(range: { from: "${from}", to: "${to}" }) { sessions { date ${fields} } sources { status } } } }`;
const shown = (answer: unknown) =>
  // biome-ignore lint/suspicious/noExplicitAny: an answer of GraphQL
  (answer as any).data.viewer.sleep.sessions.map((each: any) => [
    each.date,
    each.hypnogram?.map(({ seconds }: { seconds: number }) => seconds) ?? null,
    each.missing.map(({ reason }: { reason: string }) => reason),
  ]);

it("cost nothing where they are not asked for", async () => {
  await acme.ask(query(day(18), day(11), "minutesAsleep missing { reason }"));
  expect(acme.asked).toEqual([`/v1/sleeps?from=${day(18)}&to=${day(11)}`]);
});

it("cost one call for each night that there is, and are joined by its id", async () => {
  const answer = await acme.ask(
    query(day(10), day(1), 'hypnogram { seconds } missing(fields: ["hypnogram"]) { reason }'),
  );
  expect(shown(answer)).toEqual([
    [day(5), [1_005], []],
    [day(4), null, ["NOT_RECORDED"]],
    [day(3), [1_003], []],
  ]);
  expect(acme.asked[0]).toBe(`/v1/sleeps?from=${day(10)}&to=${day(1)}`);
  expect(acme.asked.slice(1).sort()).toEqual([5, 4, 3].map((back) => `/v1/stages?day=${day(back)}`).sort());
});

it("are stored like the nights: asked again, nobody is asked", async () => {
  await acme.ask(query(day(26), day(24), "hypnogram { seconds }"));
  expect(acme.asked).toEqual([`/v1/sleeps?from=${day(26)}&to=${day(24)}`, `/v1/stages?day=${day(25)}`]);
  acme.asked.length = 0;
  const again = await acme.ask(query(day(26), day(24), "id hypnogram { seconds } missing { reason }"));
  expect([shown(again), acme.asked]).toEqual([[[day(25), [1_025], []]], []]);
});

it("are out of reach where the provider tells only of more recent days, and not asked for", async () => {
  const answer = await acme.ask(query(day(96), day(94), "hypnogram { seconds } missing { reason }"));
  expect(shown(answer)).toEqual([[day(95), null, ["OUT_OF_REACH"]]]);
  expect(acme.asked).toEqual([`/v1/sleeps?from=${day(96)}&to=${day(94)}`]);
});

it("are not asked for where the nights can't be had", async () => {
  isBroken = true;
  const answer = await acme.ask(query(day(40), day(31), "hypnogram { seconds }"));
  expect(answer).toMatchObject({ data: { viewer: { sleep: { sessions: null } } } });
  expect(acme.asked.filter((path) => path.startsWith("/v1/stages"))).toEqual([]);
});
