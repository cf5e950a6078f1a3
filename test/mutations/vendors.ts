import { type Mutation, of } from "./mutation.js";

const oura = ["src/providers/oura/mappers.test.ts", "test/oura.test.ts"];
const whoop = ["src/providers/whoop/mappers.test.ts", "test/whoop.test.ts"];
const withings = [
  "src/providers/withings/choices.test.ts",
  "src/providers/withings/mappers.test.ts",
  "src/providers/withings/withings.test.ts",
];
const polar = ["src/providers/polar/mappers.test.ts", "test/polar.test.ts"];

/** What Oura, Polar, WHOOP and Withings say, and how they tell of it. */
export const vendorMutations: readonly Mutation[] = [
  ...of("src/providers/oura/mappers/activity.ts", oura, [
    [
      "an activity record tells the offset of its own day alone",
      "[addDays(day, -1), day, addDays(day, 1)].map",
      "[day].map",
    ],
    ["the goals are those of the oldest day", "(a.day < b.day ? -1 : 1)).at(-1)", "(a.day < b.day ? -1 : 1)).at(0)"],
  ]),
  ...of("src/providers/oura/mappers/document.ts", oura, [
    ["a series begins where its sample did", "instantOf(began) + first * 1000", "instantOf(began)"],
  ]),
  ...of("src/providers/oura/mappers/heart-rate.ts", oura, [
    ["a day begins by its own offset, though the clock changes after midnight", "(before ?? own)", "(own ?? before)"],
    ["a sample at midnight is of both days", "instantOf(start) && at < end)", "instantOf(start) && at <= end)"],
  ]),
  ...of("src/providers/oura/mappers/scores.ts", oura, [
    ["a score off its scale is shown", "? value : Number.NaN", "? value : value"],
  ]),
  ...of("src/providers/oura/mappers/sleep.ts", oura, [
    ["255 is a heart rate", "lowest === NO_RATE ? null : figure(lowest)", "figure(lowest)"],
    ["a deleted sleep is one", 'new Set(["rest", "deleted"])', 'new Set(["rest"])'],
    [
      "the last stage reaches beyond the sleep",
      "Math.min(from + run.length * step, whole)",
      "(from + run.length * step)",
    ],
  ]),
  ...of(
    "src/providers/oura/webhook.ts",
    ["src/providers/oura/webhook.test.ts"],
    [
      [
        "an old notification counts",
        'if (/^\\d{10}$/.test(timestamp) && now - Number(timestamp) * 1000 > OLDEST_MS) return refusal(401, "too old");',
        "",
      ],
      [
        "a change and a deletion are one delivery",
        "JSON.stringify([type, id, kind, time])",
        "JSON.stringify([type, id, time])",
      ],
    ],
  ),
  ...of("src/providers/whoop/mappers/sleep.ts", whoop, [
    ["a night without one of its stages has minutes asleep", "parts.length === 3 ?", "parts.length > 0 ?"],
    ["the breathing of a day is that of its shortest sleep", "lengthOf(b) - lengthOf(a)", "lengthOf(a) - lengthOf(b)"],
    ["a nap is a main sleep", "? !raw.nap : null", "? raw.nap : null"],
  ]),
  ...of("src/providers/whoop/mappers/cycle.ts", whoop, [
    ["the strain is that of the shortest cycle", "secondsOf(b) - secondsOf(a)", "secondsOf(a) - secondsOf(b)"],
    ["a cycle without a sleep is of the day of its beginning", "HALF_A_DAY_SECONDS));", "0));"],
  ]),
  ...of("src/providers/whoop/mappers/recovery.ts", whoop, [
    [
      "the recovery of a shorter sleep counts too",
      "if (longestOf(sleeps.filter((each) => each.day === day)) !== sleep) return [];",
      "",
    ],
  ]),
  ...of("src/providers/whoop/mappers/workout.ts", whoop, [
    ["the fourth zone is the peak", '["zone_four_milli", "VIGOROUS"]', '["zone_four_milli", "PEAK"]'],
  ]),
  ...of("src/providers/whoop/mappers/wire.ts", whoop, [
    ["kilojoules are kilocalories", "kilojoules / KILOJOULES_PER_KILOCALORIE", "kilojoules"],
  ]),
  ...of(
    "src/providers/whoop/webhook.ts",
    ["src/providers/whoop/webhook.test.ts", "test/whoop.test.ts"],
    [
      ["a notification of times to come counts", "Math.abs(now - Number(timestamp))", "(now - Number(timestamp))"],
      ["a sleep changes its own day alone", 'type === "sleep" ? addDays(day, -1) : day', "day"],
    ],
  ),
  ...of("src/providers/withings/mappers/measures.ts", withings, [
    [
      "what may be another person's weight is this one's",
      "optionalNumber(raw.attrib) !== MAYBE_SOMEBODY_ELSES && ",
      "",
    ],
    ["a goal is a weight", " && (optionalNumber(raw.category) ?? REAL) === REAL", ""],
    [
      "the figure of one leg is that of the body",
      "position === null ? values : position === WHOLE_BODY ? ofWhole : null",
      "values",
    ],
    ["a share of oxygen is a percentage", "value > 1 ? value : Number((value * 100).toFixed(6))", "value"],
  ]),
  ...of("src/providers/withings/mappers/wire.ts", withings, [
    [
      "a page without an offset is the last",
      'throw new UnreadableAnswer("more follows, and offset is no number");',
      "return undefined;",
    ],
    ["an impossible figure comes before a possible one", "given.find((value) => isPossible(field, value)) ?? ", ""],
  ]),
  ...of("src/providers/withings/mappers/sleep.ts", withings, [
    ["a share of efficiency is a percentage", "Number((share * 100).toFixed(6))", "share"],
    ["the shortest sleep is the night", "length(b) - length(a) ||", "length(a) - length(b) ||"],
    ["a sleep of three days is the night", ".filter((each) => length(each) <= LONGEST_MS)", ""],
  ]),
  ...of("src/providers/withings/mappers/activity.ts", withings, [
    [
      "a phone comes before a tracker",
      "Number(b.raw.is_tracker === true) - Number(a.raw.is_tracker === true)",
      "Number(a.raw.is_tracker === true) - Number(b.raw.is_tracker === true)",
    ],
    ["the oldest of two trackers counts", "modified(b) - modified(a)", "modified(a) - modified(b)"],
  ]),
  ...of("src/providers/withings/mappers/stages.ts", withings, [
    [
      "the stages are those of the device that fits worst",
      "distance(a) - distance(b))[0]",
      "distance(b) - distance(a))[0]",
    ],
    ["an impossible variability is part of the mean", "value >= least && value <= most", "true"],
  ]),
  ...of("src/providers/withings/mappers/workout.ts", withings, [
    ["nothing typed in counts before what was measured", "own !== null && own > 0 ? own", "own !== null ? own"],
  ]),
  ...of(
    "src/providers/withings/webhook.ts",
    ["src/providers/withings/webhook.test.ts"],
    [
      ["a subscription ends a thousand times sooner", "null : expires * 1000", "null : expires"],
      ["the days of a span are those of UTC", "start * 1000 - EARLIEST_ZONE_HOURS * HOUR_MS", "start * 1000"],
    ],
  ),
  ...of("src/providers/polar/mappers/activity.ts", polar, [
    [
      "today's last zone lasts to its end",
      'day < today ? [...zones, { zone: "", at: end }]',
      'day <= today ? [...zones, { zone: "", at: end }]',
    ],
    ["steps of five minutes are those of one", "if (interval !== MINUTE_MS) throw", "if (false) throw"],
  ]),
  ...of("src/providers/polar/mappers/sleep.ts", polar, [
    ["a night ends a stage late", "at(index + 1) - at(index)", "at(index + 2) - at(index)"],
    [
      "of two nights the later one tells the offset",
      "|| (a.day < b.day ? -1 : 1))[0]",
      "|| (a.day < b.day ? 1 : -1))[0]",
    ],
  ]),
  ...of("src/providers/polar/mappers/wire.ts", polar, [
    ["a clock that goes back an hour is another day's", "before - clock >= DAY_MS / 2", "before - clock >= 0"],
    ["0 is a figure", "found === 0 || found === -1 ? null", "found === -1 ? null"],
  ]),
  ...of("src/providers/polar/mappers/readings.ts", polar, [
    ["seconds are milliseconds", "given < LEAST_MILLISECONDS ? given * 1000 : given", "given"],
    ["a test that failed is a reading", 'raw.test_status !== "SPO2_TEST_PASSED" || ', ""],
  ]),
  ...of("src/providers/polar/mappers/load.ts", polar, [
    [
      "a load of 0 is none",
      "return found === NONE ? null : found;",
      "return found === NONE || found === 0 ? null : found;",
    ],
  ]),
  ...of(
    "src/providers/polar/webhook.ts",
    ["src/providers/polar/webhook.test.ts"],
    [
      ["a second change of a day is a repeat", '"entity_id", "date", "timestamp"]', '"entity_id", "date"]'],
      [
        "anybody's signature will do",
        'if (!isEqual(signature, expected)) return refusal(401, "the signature is missing or wrong");',
        "",
      ],
    ],
  ),
];
