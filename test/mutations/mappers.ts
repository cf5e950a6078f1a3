import { type Mutation, of } from "./mutation.js";

/** What the adapters make of the providers' answers. */
export const mapperMutations: readonly Mutation[] = [
  ...of(
    "src/providers/fitbit/mappers/daily-summary.ts",
    ["src/providers/fitbit/index.test.ts", "src/providers/fitbit/mappers.test.ts"],
    [
      ["energy is that of activity", "raw.caloriesOut)", "raw.activityCalories)"],
      ["basal energy is that of all", "raw.caloriesBMR)", "raw.caloriesOut)"],
      ["kilometres are metres", ', total?.["distance"], kmToMetres)', ', total?.["distance"])'],
      ["the first distance is the total", '.find((entry) => entry?.["activity"] === "total")', ".at(0)"],
      ["a summary without steps is one", "if (raw.steps === undefined || raw.steps === null)", "if (false)"],
      ["floors are metres", "day, raw.floors)", "day, raw.elevation)"],
      ["a summary silent of the heart says there is none", "zones.length > 0 || rate.length > 0", "true"],
    ],
  ),
  ...of(
    "src/providers/fitbit/mappers/activity-series.ts",
    ["src/providers/fitbit/index.test.ts", "src/providers/fitbit/mappers.test.ts"],
    [
      ["figures are not converted", "convert(number(raw.value, `", "((given: number) => given)(number(raw.value, `"],
      ["a day of energy is told as steps", "return cell(field, day", 'return cell("activity.steps", day'],
      ["the day of a bad row is lost", "fields: [field],", "fields: [],"],
      ["a day without zone minutes has 0", "return total === null ? null : cell", "return cell"],
    ],
  ),
  ...of(
    "src/providers/fitbit/mappers/heart.ts",
    ["src/providers/fitbit/index.test.ts", "src/providers/fitbit/mappers.test.ts"],
    [
      ["the highest rate of a zone is its lowest", 'figure(one, "max")', 'figure(one, "min")'],
      ["cardio is the peak", '["Cardio", "VIGOROUS"]', '["Cardio", "PEAK"]'],
      ["zones beside the value are not read", "aside ? item :", "false ? item :"],
      [
        "zones that can't be read are not recorded",
        'nothing(field, day, "PROVIDER_ERROR")',
        'nothing(field, day, "NOT_RECORDED")',
      ],
      ["HRV is that of deep sleep", '["dailyRmssd"]', '["deepRmssd"]'],
      ["a zone without minutes has 0", "minutes === null ? []", "false ? []"],
    ],
  ),
  ...of(
    "src/providers/fitbit/mappers/sleep.ts",
    ["src/providers/fitbit/index.test.ts", "src/providers/fitbit/mappers.test.ts"],
    [
      [
        "awake and asleep are swapped",
        'minutesAsleep: figure("minutesAsleep")',
        'minutesAsleep: figure("minutesAwake")',
      ],
      ["time in bed is time asleep", 'minutesInBed: figure("timeInBed")', 'minutesInBed: figure("minutesAsleep")'],
      ["a night with stages is still computed", '&& optionalString(raw.type) !== "stages"', ""],
      ["restless is awake", '["restless", "RESTLESS"]', '["restless", "AWAKE"]'],
      ["no spells for minutes slept is a count", "count === 0 && minutes > 0 ? null : count", "count"],
      ["yesterday's night was left open by mistake", "start < addDays(today, -1)", "start < addDays(today, -2)"],
      ["short wakes are left out", 'omittableList(levels, "shortData")', "[]"],
      ["a short wake lies in the hour before the last", "one >= lastEnd", "one > lastEnd"],
    ],
  ),
  ...of(
    "src/providers/fitbit/mappers/weighing.ts",
    ["src/providers/fitbit/index.test.ts", "src/providers/fitbit/mappers.test.ts"],
    [
      ["an entry that comes twice is two", "if (alike.has(content)) return null;", ""],
      ["two entries of one moment share an id", "alike.size === 1 ? key :", "true ? key :"],
      ["no time given is just before midnight", 'raw.time === "23:59:59" && raw.source === "API"', "false"],
      ["just before midnight is no time", 'raw.time === "23:59:59" && raw.source === "API"', 'raw.time === "23:59:59"'],
      ["fat is weight", 'part === "fat" ? value : null', 'part === "weight" ? value : null'],
    ],
  ),
  ...of(
    "src/providers/fitbit/mappers/workout.ts",
    ["src/providers/fitbit/index.test.ts", "src/providers/fitbit/mappers.test.ts"],
    [
      ["milliseconds are seconds", '"activities[].duration") / 1000', '"activities[].duration")'],
      ["what goes on is over", "if (raw.inProgress === true)", "if (false)"],
      ["miles are kilometres", "return milesToMetres(distance)", "return kmToMetres(distance)"],
      ["an unknown unit is a metre", 'unit === "Meter" ? distance : null', "distance"],
      ["the name counts before the id", "if (byId) return byId;", ""],
      ["steps are energy", 'energyBurned: figure("calories")', 'energyBurned: figure("steps")'],
      ["table tennis is tennis", '  [/\\btable tennis\\b/, "OTHER"],\n', ""],
    ],
  ),
  ...of(
    "src/providers/fitbit/mappers/goals.ts",
    ["src/providers/fitbit/index.test.ts", "src/providers/fitbit/mappers.test.ts"],
    [
      ["a distance goal is in kilometres", ', unit: "m", convert: kmToMetres', ', unit: "m"'],
      ["weekly goals are daily ones", 'period === "DAILY" ? "goals.daily" : "goals.weekly"', '"goals.daily"'],
      ["active zone minutes are active minutes", "value: raw.activeZoneMinutes", "value: raw.activeMinutes"],
      ["any answer without a goal is one", 'raw === null && optionalObject(whole["consistency"]) === null', "false"],
      ["a goal that is not set is an error", "if (figureOf(value) === null) return null;", ""],
    ],
  ),
  ...of(
    "src/providers/misfit/mappers/summary.ts",
    ["src/providers/misfit"],
    [
      ["miles are metres", "day, raw.distance, milesToMetres)", "day, raw.distance)"],
      ["energy of activity is that of the day", "raw.activityCalories)", "raw.calories)"],
      ["of a day that is listed twice the first counts", "new Map(found.map(", "new Map(found.toReversed().map("],
      ["energy of the day is that of activity", "raw.calories)", "raw.activityCalories)"],
      ["a lone day is not read", "return [lone];", "return [];"],
    ],
  ),
  ...of(
    "src/providers/misfit/mappers/session.ts",
    ["src/providers/misfit"],
    [
      ["miles are metres", "miles === null ? null : milesToMetres(miles)", "miles"],
      [
        "a workout stands on the day of its end",
        "dayOf: ({ start }) => localDateOf(start)",
        "dayOf: ({ end }) => localDateOf(end)",
      ],
      ["a workout of 0 seconds is an error", "if (seconds < 0)", "if (seconds <= 0)"],
      ["a workout may end before it begins", "if (seconds < 0)", "if (false)"],
      ["points are steps", 'points: figure("points")', 'points: figure("steps")'],
    ],
  ),
  ...of(
    "src/providers/misfit/mappers/sleep.ts",
    ["src/providers/misfit"],
    [
      [
        "a sleep stands on the day it begins",
        "dayOf: ({ end }) => localDateOf(end)",
        "dayOf: ({ start }) => localDateOf(start)",
      ],
      ["deep sleep is not sleep", ' + secondsOf(segments, "DEEP")', ""],
      ["points before the start count", "Math.max(at, start)", "at"],
      ["points after the end count", "Math.min(sorted[index + 1]?.[0] ?? end, end)", "sorted[index + 1]?.[0] ?? end"],
      ["points come in order", "[...points].sort(([a], [b]) => a - b)", "[...points]"],
      ["two spells of one stage are two", "if (last?.stage === stage && last.to === from)", "if (false)"],
      [
        "of two points at one instant the first counts",
        "points.set(instantOf(at), optionalNumber(raw.value));",
        "if (!points.has(instantOf(at))) points.set(instantOf(at), optionalNumber(raw.value));",
      ],
    ],
  ),
  ...of(
    "src/providers/google-health/mappers/daily-roll-up.ts",
    ["src/providers/google-health"],
    [
      [
        "vigorous minutes are moderate ones",
        'MODERATE: "activity.moderatelyActiveMinutes"',
        'MODERATE: "activity.veryActiveMinutes"',
      ],
      ["a level that comes twice counts last", "firstOfEach(entries, ({ level }) => level)", "entries"],
      ["a zone that comes twice is two", "[...firstOfEach(entries, ([kind]) => kind)]", "entries"],
      ["peak minutes are left out", ', "sumInPeakHeartZone"]', "]"],
      ["figures keep the provider's unit", "sum / perUnit", "sum"],
      ["a bad duration is none", "?? Number.NaN", "?? null"],
      ["no zone minutes are 0", "return sums.length === 0\n", "return sums.length < 0\n"],
    ],
  ),
  ...of(
    "src/providers/google-health/mappers/daily-heart.ts",
    ["src/providers/google-health"],
    [
      ["an HRV of 0 is one", "average === 0 ? null : average", "average"],
      [
        "the highest rate of a zone is its lowest",
        "maxRate: figure(each.maxBeatsPerMinute)",
        "maxRate: figure(each.minBeatsPerMinute)",
      ],
      ["zones that come twice are two", "firstOfEach(bounds, ({ kind }) => kind)", "bounds"],
      ["no zones are recorded", "return bounds.length === 0\n", "return bounds.length < 0\n"],
    ],
  ),
  ...of(
    "src/providers/google-health/mappers/workout.ts",
    ["src/providers/google-health"],
    [
      ["millimetres are metres", "millimetres / 1000", "millimetres"],
      ["the misspelled distance is not read", ' ?? metrics["distanceMillimiters"]', ""],
      ["what goes on is an error", "if (hasNoEnd(raw.interval))", "if (false)"],
      [
        "the type hides the name",
        "optionalString(raw.displayName) ?? optionalString(raw.exerciseType)",
        "optionalString(raw.exerciseType)",
      ],
      ["milliseconds are seconds", "(instantOf(end) - instantOf(start)) / 1000", "instantOf(end) - instantOf(start)"],
    ],
  ),
  ...of(
    "src/providers/google-health/mappers/body.ts",
    ["src/providers/google-health"],
    [
      ["grams are kilograms", "grams / 1000", "grams"],
      ["millimetres are metres", "millimetres / 1000", "millimetres"],
    ],
  ),
  ...of(
    "src/providers/kit/body-mass-index.ts",
    ["src/providers/google-health"],
    [
      ["BMI is reckoned with the plain height", "weight / height ** 2", "weight / height"],
      ["a height of 0 gives a BMI", "weight === null || height <= 0", "weight === null"],
      ["a weighing without a weight has a BMI", "weight === null || height <= 0", "height <= 0"],
      ["BMI of a weighing keeps its weight", "[{ id, time, weight: null,", "[{ id, time, weight,"],
      ["no weighings are not known", "if (weighings.length === 0) return [];", ""],
    ],
  ),
  ...of(
    "src/providers/google-health/mappers/wire.ts",
    ["src/providers/google-health"],
    [
      ["an offset of the start is that of the end", "startUtcOffset ?? endUtcOffset", "endUtcOffset ?? startUtcOffset"],
      ["a clock's offset is not read", " ?? clockOffset(time.offset)", ""],
      ["civil times imply no offset", " ?? offsetFromCivil(time.civil, at)", ""],
      [
        "a point without a zone is in UTC",
        "zone === undefined ? withOffset(at, 0) : inZone(at, zone)",
        "withOffset(at, 0)",
      ],
      ["an empty end is an end", ' || endTime === ("" as never)', ""],
      ["a merged point is named by its source", 'lastSegment(point["dataPointName"]) ?? ', ""],
      ["half a minute is none", "seconds / 60 + 0.5", "seconds / 60"],
      ["a time without an offset is one", "&& offsetOf(value) !== null ", ""],
    ],
  ),
  ...of(
    "src/providers/google-health/mappers/samples.ts",
    ["src/providers/google-health"],
    [
      ["samples of before the span are of its first day", "sorted[next]![0] < first", "false"],
      [
        "the last second of a day is the first of the next",
        "Math.floor((at - began) / 1000)",
        "Math.ceil((at - began) / 1000)",
      ],
      ["of two samples of one instant both count", "[...new Map(samples)]", "[...samples]"],
      ["samples keep the provider's unit", "value / perUnit", "value"],
    ],
  ),
  ...of(
    "src/providers/google-health/mappers/account.ts",
    ["src/providers/google-health"],
    [
      ["the given name is the family's", "optionalString(raw.given_name)", "optionalString(raw.family_name)"],
      ["any text is a zone", "zone !== null && isTimeZone(zone) ? zone : null", "zone"],
      ["a locale keeps its dashes", '.replaceAll("-", "_")', ""],
      [
        "a device's kind is its model",
        "kind: optionalString(raw.deviceType)",
        "kind: optionalString(raw.deviceVersion)",
      ],
    ],
  ),
  ...of(
    "src/providers/google-health/calls/samples.ts",
    ["src/providers/google-health", "src/providers/declared.test.ts"],
    [
      [
        "elevation is in millimetres",
        'member: "gainMillimetersSum",\n    perUnit: 1000',
        'member: "gainMillimetersSum",\n    perUnit: 1',
      ],
      ["the hour that autumn adds is not asked for", "pageAfter(asked, answer) ?? rest", "pageAfter(asked, answer)"],
      ["a page reaches further than its range may", "Math.min(pageDays, of.maxDays)", "pageDays"],
    ],
  ),
  ...of(
    "src/providers/google-health/calls/records.ts",
    ["src/providers/google-health", "src/providers/declared.test.ts"],
    [
      ["sleep is found by its start", '"interval.civil_end_time"', '"interval.civil_start_time"'],
      ["fat is filed as weight", 'field: "body.fatPercentage"', 'field: "body.weight"'],
      ["a lost weighing has no day", 'dayOfWeighing(point, "weight")', "null"],
    ],
  ),
  ...of(
    "src/providers/google-health/outcome.ts",
    ["src/providers/google-health/outcome.test.ts"],
    [
      ["a limit waits for an hour", "receivedAt, longestLimit);", "receivedAt, longestPause);"],
      ["no wait is told after a limit", "wait ?? receivedAt + longestLimit", "wait"],
      [
        "the reason counts before the status",
        'byStatus[status] ?? byReason[reasonOf(body) ?? ""]',
        'byReason[reasonOf(body) ?? ""] ?? byStatus[status]',
      ],
    ],
  ),
  ...of(
    "src/providers/kit/times.ts",
    ["src/providers/fitbit/index.test.ts", "src/providers/fitbit/mappers.test.ts"],
    [["any text is a date", " && isLocalDate(value) ? value : null", " ? value : null"]],
  ),
  ...of(
    "src/providers/kit/failures.ts",
    ["src/providers/google-health/outcome.test.ts"],
    [["a time-out is a refusal", " && status !== 408", ""]],
  ),
  ...of(
    "src/providers/fitbit/mappers/profile.ts",
    ["src/providers/fitbit/index.test.ts", "src/providers/fitbit/mappers.test.ts"],
    [
      ["the smallest picture is taken", "optionalString(raw.avatar640) ?? optionalString(raw.avatar150) ?? ", ""],
      ["height is in centimetres", "withoutNoise(cm / 100)", "cm"],
      ["an offset is in milliseconds", "(ms) => ms / 1000", "(ms) => ms"],
    ],
  ),
  ...of(
    "src/providers/fitbit/mappers/samples.ts",
    ["src/providers/fitbit/index.test.ts", "src/providers/fitbit/mappers.test.ts"],
    [
      ["steps of seconds are of minutes", '=== "second" ? 1 : 60', '=== "second" ? 60 : 60'],
      ["every day begins at midnight", "clock?.start.slice(0, 19) ?? ", ""],
      ["samples as recorded have a step", "reading.asRecorded ? null : stepSeconds(raw)", "stepSeconds(raw)"],
    ],
  ),
  ...of(
    "src/providers/misfit/mappers/goal.ts",
    ["src/providers/misfit"],
    [
      [
        "of several goals the first counts",
        "points(best) > points(goal) ? best : goal",
        "points(best) >= points(goal) ? best : goal",
      ],
      ["goals of other days are today's", ".filter(({ date }) => date === day)", ""],
      ["the oldest offset is the person's", "best.date > goal.date", "best.date < goal.date"],
    ],
  ),
  ...of(
    "src/providers/kit/members.ts",
    ["src/providers/kit"],
    [
      [
        "of two of one id the first counts",
        "for (const each of found) unique.set(",
        "for (const each of found.toReversed()) unique.set(",
      ],
      [
        "a lost member is on no day",
        "const day = goingOn ? error.day : dayOf(member, dayOfUnread);",
        "const day = goingOn ? error.day : null;",
      ],
      ["a page before the last proves its days", "covers: next ? null : { from, to }", "covers: { from, to }"],
      ["days beyond the span are told of", "if (day < span.from || day > span.to) continue;", ""],
    ],
  ),
  ...of(
    "src/model/bounds.ts",
    ["src/model"],
    [
      ["nobody is taller than two metres", '"profile.height": between(0.2, 3)', '"profile.height": between(0.2, 2)'],
      ["a week's goal is no more than a day's", "bounds.most * 7", "bounds.most"],
      ["the least is beyond", "value >= least", "value > least"],
      ["the most is beyond", "value <= most", "value < most"],
      ["a span may run backwards", "length >= 0 && length <= longestMs", "length <= longestMs"],
      [
        "a list of nothing but refused members is empty",
        "kept.length === 0 && (members.length > 0 || !mayBeEmpty)",
        "kept.length === 0 && !mayBeEmpty",
      ],
    ],
  ),
];
