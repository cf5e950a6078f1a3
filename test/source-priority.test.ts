import { type Anything, asUser, clockFrom, credentials, type Served, startServed } from "./support/served.js";

/**
 * One person with a ring, and a scale, a cuff, a watch and a mat of one maker, a strap and a phone: whatever the order of
 * sources, the same figures are told, and only which comes first changes.
 */

const range = `range: { from: "2026-11-10", to: "2026-11-19" }`;
const day = "date source";
const vital = `{ ${day} value low high method alternatives { ${day} value low high method } }`;
const vitals = [
  ...["oxygenSaturation", "respiratoryRate", "skinTemperature", "skinTemperatureDeviation", "vo2Max"],
  ...["apneaHypopneaIndex", "breathingDisturbanceIndex", "pulseWaveVelocity", "vascularAgeYears"],
  ...["stressMinutes", "recoveryMinutes"],
] as const;
const activity = `${day} steps distance energyBurned worn`;
const heart = `${day} restingRate restingRateMethod hrvRmssd hrvWindow averageRate lowestRate`;
const night = `${day} start end minutesAsleep isMainSleep efficiency`;
const workout = `${day} start durationSeconds`;
const query = `{ viewer {
  vitals(${range}) { ${vitals.map((name) => `${name} ${vital}`).join(" ")} missing { field reason } }
  activity(${range}) { days { ${activity} alternatives { ${activity} } } }
  heart(${range}) { days { ${heart} alternatives { ${heart} } } }
  sleep(${range}) { sessions { ${night} alternatives { ${night} } } }
  workouts(${range}) { workouts { ${workout} alternatives { ${workout} } } }
  body(${range}) { measurements { date weight fatPercentage fatMass muscleMass } }
  readings(${range}) { bloodPressures { date systolicMmHg diastolicMmHg } pulses { date rate }
    temperatures { date value site } oxygenSaturations { date percent } electrocardiograms { date finding } }
  scores(${range}) { scores { date source kind name value level contributors { name value } } }
} }`;

let served: Served;
let headers: Readonly<Record<string, string>>;
let connected: readonly string[];
beforeAll(async () => {
  served = await startServed(credentials, { clock: clockFrom("2026-11-20T20:07:00Z") });
  headers = await asUser("collector");
  connected = (await viewer("{ viewer { connections { provider { id } } } }")).connections.map(
    ({ provider }: Anything) => provider.id,
  );
});
afterAll(() => served.close());

async function viewer(document: string): Promise<Anything> {
  const { data, errors } = await served.ask(document, { headers });
  expect(errors).toBeUndefined();
  return data.viewer;
}

const permutations = <T>(of: readonly T[]): readonly (readonly T[])[] =>
  of.length < 2
    ? [of]
    : of.flatMap((first) => permutations(of.filter((each) => each !== first)).map((rest) => [first, ...rest]));

interface Told {
  readonly date: string;
  readonly source: string;
  readonly alternatives: readonly Told[];
}
/** All that is told, whichever came first. */
const flat = (list: readonly Told[]) =>
  list
    .flatMap(({ alternatives, ...first }) => [first, ...alternatives])
    .map((each) => JSON.stringify(each))
    .sort();
const inAnyOrder = (list: readonly unknown[]) => list.map((each) => JSON.stringify(each)).sort();

const chosen = (all: Anything): Readonly<Record<string, readonly Told[]>> => ({
  ...Object.fromEntries(vitals.flatMap((name) => (all.vitals[name] ? [[name, all.vitals[name]]] : []))),
  ...{ activity: all.activity.days, heart: all.heart.days, nights: all.sleep.sessions },
  workouts: all.workouts.workouts,
});
const withoutOrder = (all: Anything) => ({
  ...Object.fromEntries(Object.entries(chosen(all)).map(([name, list]) => [name, flat(list)])),
  missing: all.vitals.missing,
  body: inAnyOrder(all.body.measurements),
  readings: Object.entries(all.readings).map(([name, list]) => [name, inAnyOrder(list as unknown[])]),
  scores: inAnyOrder(all.scores.scores),
});
/** What a source has something to say by. */
const witness = (name: string, told: Anything): unknown =>
  name === "activity" ? told.steps || null : name === "heart" ? (told.restingRate ?? told.hrvRmssd) : told.value;

it("tells the same whatever the order of sources, and the first that has something first", async () => {
  expect(connected).toEqual(expect.arrayContaining(["OURA", "WITHINGS"]));
  let expected: unknown;
  const firsts = new Map<string, Set<string>>();
  const permuted = ["OURA", "WITHINGS", "GOOGLE_HEALTH"];
  const rest = connected.filter((id) => !permuted.includes(id));
  const orders = permutations(permuted).map((some) => [...some, ...rest]);
  for (const order of [...orders, orders[0]!.toReversed()]) {
    const { errors } = await served.ask(
      `mutation { setSourcePriority(input: { providers: [${order.join(", ")}] }) { user { sourcePriority } } }`,
      { headers },
    );
    expect(errors).toBeUndefined();
    const all = await viewer(query);
    expected ??= withoutOrder(all);
    expect(withoutOrder(all)).toEqual(expected);
    for (const [name, list] of Object.entries(chosen(all))) {
      if (name === "nights" || name === "workouts") continue;
      for (const { alternatives, ...first } of list) {
        const had = [first, ...alternatives].filter((told) => witness(name, told) !== null);
        const best = order.find((id) => had.some(({ source }) => source === id)) ?? first.source;
        expect([name, first.date, first.source]).toEqual([name, first.date, best]);
        firsts.set(name, (firsts.get(name) ?? new Set()).add(first.source));
      }
    }
  }
  const seen = (name: string) => [...(firsts.get(name) ?? [])];
  // Each maker's own vitals are there beside the other's.
  expect(seen("activity")).toEqual(expect.arrayContaining(["OURA", "WITHINGS"]));
  expect(seen("heart")).toEqual(expect.arrayContaining(["OURA", "WITHINGS"]));
  expect(seen("respiratoryRate")).toEqual(expect.arrayContaining(["OURA", "WITHINGS"]));
  expect(seen("skinTemperatureDeviation")).toContain("OURA");
  expect(seen("breathingDisturbanceIndex")).toEqual(expect.arrayContaining(["OURA"]));
  expect(seen("apneaHypopneaIndex")).toEqual(["WITHINGS"]);
});
