import { id as idIn, object, optionalNumber, optionalString, UnreadableAnswer } from "../../http/json.js";
import { withoutNoise } from "../../model/numbers.js";
import type { Recorded } from "../../model/recorded.js";
import type { Meal, OffsetDateTime, WorkoutKind } from "../../model/records.js";
import { instantOf, localDateOf, normaliseInstant } from "../../model/time.js";
import { envelope, requiredList } from "../kit/envelope.js";
import { workoutName } from "../kit/workout-name.js";
import type { ApiRequest, RecordEntry, Recording } from "../provider.js";

/*
 * https://dev.fitbit.com/build/reference/web-api/nutrition/create-water-log/ and the other pages named create-…-log.
 * Nothing of ours marks an entry: what looks like it is noted before it is sent, and what is found after a lost answer
 * is compared with that. Fitbit keeps local times, and of food and water the day alone.
 */

type Json = Readonly<Record<string, unknown>>;
type Of<K extends Recorded["kind"]> = Extract<Recorded, { kind: K }>;

/** A recording of one kind, which is given records of that kind alone. */
function recording<K extends Recorded["kind"]>(
  kind: K,
  scope: string,
  entries: (record: Of<K>) => readonly RecordEntry[],
  lacks?: (record: Of<K>) => string | null,
): Recording {
  const is = (record: Recorded): record is Of<K> => record.kind === kind;
  return {
    ...{ kind, scope, wallClock: true, remove },
    entries: (record) => (is(record) ? entries(record) : []),
    ...(lacks && { lacks: (record: Recorded) => (is(record) ? lacks(record) : null) }),
  };
}

export const fitbitRecords: readonly Recording[] = [
  recording("WEIGHING", "weight", ({ time, weight, fatPercentage }) => [
    ...(weight === null ? [] : [bodyEntry("weight", time, weight)]),
    ...(fatPercentage === null ? [] : [bodyEntry("fat", time, fatPercentage)]),
  ]),
  recording(
    "WORKOUT",
    "activity",
    (record) => [workoutEntry(record)],
    (record) =>
      activityIdOf(record) === null && record.energyBurned === null
        ? `Fitbit takes ${record.workout} only with energyBurnedKilocalories.`
        : null,
  ),
  recording(
    "SLEEP",
    "sleep",
    (record) => [sleepEntry(record)],
    (record) => (sleepMs(record) === 0 ? "Fitbit takes no sleep of less than a minute." : null),
  ),
  recording("WATER", "nutrition", (record) => [waterEntry(record)]),
  recording(
    "FOOD",
    "nutrition",
    (record) => [foodEntry(record)],
    (record) =>
      [record.carbohydrateGrams, record.fatGrams, record.proteinGrams].some((grams) => grams !== null)
        ? "Fitbit keeps carbohydrates, fat and protein of its catalogue's foods only: leave them out."
        : null,
  ),
];

/** Below `/1/user/-/`, but sleep, which has a version of its own. The name of an entry is its collection and its id. */
const pathOf = (rest: string) => `/${rest.startsWith("sleep") ? "1.2" : "1"}/user/-/${rest}.json`;
const get = (path: string, query?: ApiRequest["query"]): ApiRequest => ({
  ...{ method: "GET", path: pathOf(path) },
  ...(query && { query }),
});

interface Told {
  readonly collection: string;
  readonly form: Readonly<Record<string, string>>;
  /** The member of the answer that is the entry. */
  readonly member: string;
  readonly look: ApiRequest;
  /** The list in the answer to that. */
  readonly list: string;
  /** Whether an entry of it is what was sent. */
  readonly is: (log: Json) => boolean;
  /** Whether an entry of it has the place of what is sent. */
  readonly isInTheWay?: (log: Json) => boolean;
  /** Left out: the entry's own id. */
  readonly id?: string;
}

function entryOf({ collection, form, member, look, list, is, isInTheWay, id }: Told): RecordEntry {
  const nameOf = (log: Json) => {
    const logId = idIn(log["logId"], "logId");
    if (!/^\d+$/.test(logId)) throw new UnreadableAnswer("logId is not of digits");
    return `${collection}/${logId}`;
  };
  const logsIn = (answer: unknown) => requiredList(envelope(answer), list).map((log) => object(log, `${list}[]`));
  return {
    request: { method: "POST", path: pathOf(collection), form },
    read: (answer) => ({ name: nameOf(object(envelope(answer)[member], member)) }),
    unmarked: true,
    look,
    find: (answer) => ({ alike: logsIn(answer).filter(is).map(nameOf) }),
    ...(isInTheWay && { isTaken: (answer) => logsIn(answer).some(isInTheWay) }),
    idOf: (name) => id ?? name.slice(collection.length + 1),
  };
}

function remove(names: readonly string[]): ReturnType<Recording["remove"]> {
  return names.map((name) => ({
    // Without a content length, even of 0, Fitbit answers 411.
    request: { method: "DELETE", path: pathOf(name), headers: { "content-length": "0" } },
    isDone: () => true,
  }));
}

/** As forms take numbers: "X.XX". */
const hundredths = (value: number) => Math.round(withoutNoise(value * 100)) / 100;
const isAbout = (told: unknown, sent: number) => Math.abs((optionalNumber(told) ?? Number.NaN) - sent) < 0.01;
const clockOf = (time: OffsetDateTime) => time.slice(11, 19);

/** Fitbit knows an entry by its second: a second one of it could not be told from the first. */
function bodyEntry(figure: "weight" | "fat", at: OffsetDateTime, value: number): RecordEntry {
  const [date, time, sent] = [localDateOf(at), clockOf(at), hundredths(value)];
  const isOfThatTime = (log: Json) => log["date"] === date && log["time"] === time && log["source"] === "API";
  return entryOf({
    ...{ collection: `body/log/${figure}`, member: `${figure}Log`, list: figure },
    form: { [figure]: String(sent), date, time },
    look: get(`body/log/${figure}/date/${date}/${date}`),
    is: (log) => isOfThatTime(log) && isAbout(log[figure], sent),
    isInTheWay: isOfThatTime,
    // As `mappers/weighing.ts` names it.
    id: `${date}T${time}/API`,
  });
}

function waterEntry({ time, water }: Of<"WATER">): RecordEntry {
  const [date, sent] = [localDateOf(time), hundredths(water)];
  return entryOf({
    ...{ collection: "foods/log/water", member: "waterLog", list: "water" },
    form: { amount: String(sent), unit: "ml", date },
    look: get(`foods/log/water/date/${date}`),
    is: (log) => isAbout(log["amount"], sent),
  });
}

/** As `mappers/nutrition.ts` reads them. */
const mealTypes: Readonly<Record<Meal, number>> = {
  BREAKFAST: 1,
  MORNING_SNACK: 2,
  LUNCH: 3,
  AFTERNOON_SNACK: 4,
  DINNER: 5,
  ANYTIME: 7,
};
const SERVING = "304";

function foodEntry({ time, name, meal, energyConsumed }: Of<"FOOD">): RecordEntry {
  const [date, calories, mealTypeId] = [localDateOf(time), Math.round(energyConsumed), mealTypes[meal]];
  return entryOf({
    ...{ collection: "foods/log", member: "foodLog", list: "foods" },
    form: {
      ...{ foodName: name, calories: String(calories), mealTypeId: String(mealTypeId) },
      ...{ unitId: SERVING, amount: "1", date },
    },
    look: get(`foods/log/date/${date}`),
    is: ({ loggedFood }) => {
      const food = object(loggedFood, "loggedFood");
      return food["name"] === name && food["calories"] === calories && food["mealTypeId"] === mealTypeId;
    },
  });
}

/** Activities of Fitbit's directory, of which a distance is required. */
const activityIds: Readonly<Partial<Record<WorkoutKind, number>>> = {
  ...{ WALKING: 90013, RUNNING: 90009, CYCLING: 90001, SWIMMING: 90024 },
};
const kilometres = ({ distance }: Of<"WORKOUT">) => hundredths((distance ?? 0) / 1000);
const activityIdOf = (record: Of<"WORKOUT">) => (kilometres(record) > 0 ? (activityIds[record.workout] ?? null) : null);

function workoutEntry(record: Of<"WORKOUT">): RecordEntry {
  const { workout, start, end, energyBurned } = record;
  const [activityId, name, length] = [activityIdOf(record), workoutName(workout), kilometres(record)];
  const [date, from] = [localDateOf(start), Math.floor(instantOf(start) / 1000) * 1000];
  const duration = instantOf(end) - instantOf(start);
  return entryOf({
    ...{ collection: "activities", member: "activityLog", list: "activities" },
    form: {
      ...(activityId === null ? { activityName: name } : { activityId: String(activityId) }),
      ...(energyBurned !== null && { manualCalories: String(Math.round(energyBurned)) }),
      ...(length > 0 && { distance: String(length), distanceUnit: "Kilometer" }),
      ...{ startTime: clockOf(start), durationMillis: String(duration), date },
    },
    // From that day on, and more of a day than anybody does.
    look: get("activities/list", { afterDate: date, sort: "asc", offset: 0, limit: 100 }),
    is: (log) =>
      log["logType"] === "manual" &&
      log["duration"] === duration &&
      instantOf(normaliseInstant(log["startTime"]) ?? "") === from &&
      (activityId === null ? log["activityName"] === name : log["activityTypeId"] === activityId),
  });
}

const MINUTE_MS = 60_000;
const minuteOf = (time: OffsetDateTime) => Math.floor(instantOf(time) / MINUTE_MS) * MINUTE_MS;
/** Fitbit knows no seconds of a sleep. */
const sleepMs = ({ start, end }: Of<"SLEEP">) => minuteOf(end) - minuteOf(start);

function sleepEntry(record: Of<"SLEEP">): RecordEntry {
  const { start, end } = record;
  const [duration, day] = [sleepMs(record), localDateOf(end)];
  return entryOf({
    ...{ collection: "sleep", member: "sleep", list: "sleep" },
    form: { startTime: clockOf(start).slice(0, 5), duration: String(duration), date: localDateOf(start) },
    look: get(`sleep/date/${day}/${day}`),
    is: (log) =>
      log["logType"] === "manual" &&
      log["duration"] === duration &&
      optionalString(log["startTime"])?.slice(0, 16) === start.slice(0, 16),
  });
}
