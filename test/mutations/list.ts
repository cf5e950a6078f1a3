import { accountMutations } from "./accounts.js";
import { backendMutations } from "./backend.js";
import { connectionMutations } from "./connections.js";
import { doorMutations } from "./doors.js";
import { mapperMutations } from "./mappers.js";
import { type Mutation, of } from "./mutation.js";
import { outboundMutations } from "./outbound.js";
import { readingMutations } from "./reading.js";
import { recordingMutations } from "./recording.js";
import { rememberedMutations } from "./remembered.js";
import { serverMutations } from "./server.js";
import { storedMutations } from "./stored.js";
import { vendorMutations } from "./vendors.js";

export const mutations: readonly Mutation[] = [
  ...of(
    "src/health-data/histories/activity.ts",
    ["src/health-data/histories/histories.test.ts"],
    [
      [
        "distance and energy are swapped in totals",
        "days.flatMap((day) => day[name] ?? [])",
        'days.flatMap((day) => day[name === "distance" ? "energyBurned" : name === "energyBurned" ? "distance" : name] ?? [])',
      ],
    ],
  ),
  ...of(
    "src/health-data/histories/body.ts",
    ["src/health-data/histories/histories.test.ts"],
    [
      ["latest is the oldest measurement", "measurements.findLast(", "measurements.find("],
      [
        "BMI alone lists no fat",
        'const measured: readonly Field[] = ["body.weight", "body.fatPercentage"]',
        'const measured: readonly Field[] = ["body.weight"]',
      ],
    ],
  ),
  ...of(
    "src/health-data/histories/day-view.ts",
    ["src/health-data/histories/histories.test.ts", "src/health-data/session.test.ts"],
    [
      [
        "SDNN shows RMSSD",
        "reader.value(this.kind.fields[number]!, date)",
        'reader.value(this.kind.fields[number]!.replace("hrvSdnn", "hrvRmssd") as Field, date)',
      ],
      [
        "elevation shows floors",
        "reader.plainColumn(field)",
        'reader.plainColumn(field.replace("elevation", "floors") as Field)',
      ],
      ["a day that is not over is settled", "date < this.scene.today && ", "date <= this.scene.today && "],
      ["the zone of a series is named on every day", "return changes && offsetOf", "return offsetOf"],
    ],
  ),
  ...of(
    "src/health-data/histories/workouts.ts",
    ["src/health-data/histories/histories.test.ts"],
    [
      [
        "a workout stands on the day of its end",
        "const date = localDateOf(record.start)",
        "const date = localDateOf(record.end)",
      ],
    ],
  ),
  ...of(
    "src/health-data/histories/days.ts",
    ["src/health-data/histories/histories.test.ts"],
    [
      [
        "the second source is asked for all days",
        "open = open.filter((day) => !decides(source, day))",
        "open = open.slice()",
      ],
      ["an outdated day decides", "> 0 && !outdated(source, day)", "> 0"],
      ["a day without a witness asked is witnessed by a zero", "?? 0) > 0 && !outdated", "?? 0) >= 0 && !outdated"],
    ],
  ),
  ...of(
    "src/health-data/histories/sleep.ts",
    ["src/health-data/histories/histories.test.ts"],
    [["a night that is still computed is settled", "settled: !record.pending && source", "settled: source"]],
  ),
  ...of(
    "src/health-data/histories/profile.ts",
    ["src/health-data/histories/histories.test.ts"],
    [
      ["a profile prefers who can't be asked", "...scene.sources.filter(({ reader }) => reader.canBeAsked),", ""],
      [
        "the age is a year too high before the birthday",
        "today.slice(5) < dateOfBirth.slice(5)",
        "today.slice(5) <= dateOfBirth.slice(5)",
      ],
    ],
  ),
  ...of(
    "src/health-data/histories/goals.ts",
    ["src/health-data/histories/histories.test.ts"],
    [
      ["a week begins on Sunday", "(epochDay(today) + 3) % 7", "(epochDay(today) + 4) % 7"],
      ["a week with an unknown day has a sum", "chosen.every(isKnown) ? sumOf(figures) : null", "sumOf(figures)"],
      [
        "active minutes are the vigorous ones alone",
        '["activity.moderatelyActiveMinutes", "activity.veryActiveMinutes"]',
        '["activity.veryActiveMinutes"]',
      ],
      ["a weight goal looks back too short", "const WEIGHING_DAYS = 30", "const WEIGHING_DAYS = 29"],
    ],
  ),
  ...of(
    "src/health-data/merge.ts",
    ["src/health-data/merge.test.ts"],
    [
      ["half an overlap is one sleep", "overlapOfShorter(a, b) > 0.5", "overlapOfShorter(a, b) >= 0.5"],
      ["four fifths are not enough for a workout", "overlapOfShorter(a, b) >= 0.8", "overlapOfShorter(a, b) > 0.8"],
      ["two minutes are too long for a weighing", "<= SAME_MEASUREMENT_MS", "< SAME_MEASUREMENT_MS"],
      ["fat is not compared", "&& agree(a.fatPercentage, b.fatPercentage)", ""],
      ["zero is a witness", "witness !== null && witness > 0", "witness !== null && witness >= 0"],
      [
        "a day is an alternative to its own group",
        "if (source.group === winner.group || !seen.answered) continue;",
        "if (!seen.answered) continue;",
      ],
      ["an outdated day is chosen like any other", "...all.filter(({ isOutdated }) => !isOutdated), ", ""],
      [
        "the last source that has a field wins",
        'if ("value" in seen) return { value: seen.value, source };',
        'if ("value" in seen && source === sources.at(-1)) return { value: seen.value, source };',
      ],
      ["the shorter is the longer", "const shorter = Math.min(", "const shorter = Math.max("],
      ["a joined weighing has the id of the fat", "a.weight === null && b.weight !== null ? b.id : a.id", "a.id"],
    ],
  ),
  ...of(
    "src/jobs/prefetch.ts",
    ["src/jobs/prefetch.test.ts"],
    [
      [
        "a change while it runs is not followed",
        "await queue.enqueue({ id: `$",
        "if (false) await queue.enqueue({ id: `$",
      ],
      ["a day of silence is too short", "now - since < DAY_MS", "now - since <= DAY_MS"],
      ["the look takes place at every call", "if (!(await looks.putIfAbsent(today, now, 2 * DAY_MS))) return;", ""],
      [
        "what did not change is told",
        "textOf(after.get(field, day)) !== (old",
        "textOf(after.get(field, day)) === (old",
      ],
      ["an outage is the end", 'if (trouble?.kind === "passing") throw new Error(trouble.reason);', ""],
      ["a limit is not waited for", 'if (trouble?.kind === "wait") return { kind: "again", at: trouble.at };', ""],
      ["days end a day early", "addDays(to, 1 - provider.revision.days)", "addDays(to, -provider.revision.days)"],
      [
        "a forgotten connection keeps its jobs",
        "await queue.removeAll(jobsOf(id));\n        await heard.erase(id);",
        "await heard.erase(id);",
      ],
    ],
  ),
  ...of(
    "src/jobs/backfill/record.ts",
    ["src/jobs/backfill/backfill.test.ts"],
    [
      [
        "a day is skipped at each joint",
        "doneFrom === null ? to : addDays(doneFrom, -1)",
        "doneFrom === null ? to : addDays(doneFrom, -2)",
      ],
      [
        "a day is asked twice at each joint",
        "doneFrom === null ? to : addDays(doneFrom, -1)",
        "doneFrom === null ? to : doneFrom",
      ],
      ["the first day is left out", "if (last < from) return null;", "if (last <= from) return null;"],
    ],
  ),
  ...of(
    "src/jobs/backfill/backfill.ts",
    ["src/jobs/backfill/backfill.test.ts"],
    [["an equal job is begun again", "if (same) return same;", ""]],
  ),
  ...of(
    "src/jobs/backfill/chunk.ts",
    ["src/jobs/backfill/backfill.test.ts"],
    [
      [
        "days that could not be kept count as done",
        'if (lost) throw new StoreUnavailable("Fetched days could not be kept.");',
        "",
      ],
    ],
  ),
  ...of(
    "src/health-data/range.ts",
    ["src/health-data/range.test.ts"],
    [
      ["from today is empty", "if (first > now)", "if (first >= now)"],
      [
        "the longest range is a mistake",
        "daysInclusive(first, last) > MAX_RANGE_DAYS",
        "daysInclusive(first, last) >= MAX_RANGE_DAYS",
      ],
      ["today is not counted", "addDays(now, 1 - lastDays)", "addDays(now, -lastDays)"],
      ["days in the future are asked for", "to === null || to > now ? now : to", "to === null ? now : to"],
    ],
  ),
  ...of(
    "src/server/repeats.ts",
    ["src/server/repeats.test.ts"],
    [
      [
        "only the first history is compared",
        "histories.every((history, index) => history === kept.histories[index])",
        "histories[0] === kept.histories[0]",
      ],
      ["a user who went is answered", "users.every(Boolean) &&", ""],
    ],
  ),
  ...of(
    "src/health-data/whole.ts",
    ["src/health-data/fetch.test.ts"],
    [
      ["a day beyond the edge is kept", "if (!isWithin(given.day)) continue;", ""],
      ["the first day of a span is beyond it", "day >= from && day <= to", "day > from && day <= to"],
      ["the last day of a span is beyond it", "day >= from && day <= to", "day >= from && day < to"],
      ["an impossible day is kept", "if (!isFiledRightly(given, target.today)) {", "if (false) {"],
      ["a figure is believed as it came", "const each = checked(given, target.today);", "const each = given;"],
      [
        "a later page's part replaces the earlier",
        "before && isInParts(each.field) ? joined(before, each) : each",
        "each",
      ],
      ["tomorrow's data proves today synced", "provesData(each) && each.day! <= today", "provesData(each)"],
      ["today's data proves nothing", "each.day! <= today", "each.day! < today"],
      [
        "the oldest day with data proves",
        "max !== null && max > day! ? max : day",
        "max !== null && max < day! ? max : day",
      ],
      ["what was known before counts alone", "(newest ?? dataThrough)", "dataThrough"],
      ["what was known before is forgotten", "dataThrough && newest && dataThrough > newest ? dataThrough : ", ""],
      ["a pending night settles", "isPending(each) ||", ""],
      ["a flawed day settles", "isFlawed(each) ||", ""],
      ["a day with something going on settles", "lacking.has(", "false && lacking.has("],
      ["a day that a lost record may be of settles", "(unplaced.has(each.field) && !hasData(each))", "false"],
      [
        "all days settle not, for a record without a day",
        "unplaced.has(each.field) && !hasData(each)",
        "unplaced.has(each.field)",
      ],
      ["something going on hides an error", '!before || reason === "PROVIDER_ERROR"', "!before"],
      ["an error is named after what goes on", 'before === "PROVIDER_ERROR" ? before : reason', "reason"],
      ["a page without days covers its span", "if (!covers) continue;", ""],
      ["the day of the last sync is not synced", "proof.lastSyncDate < day", "proof.lastSyncDate <= day"],
      ["a list without records is nothing", "isList(field)\n    ?", "false\n    ?"],
      ["a joined cell forgets what the first page lacks", "a.known.lacks ?? b.known.lacks", "b.known.lacks"],
      ["a joined cell forgets what the second page lacks", "a.known.lacks ?? b.known.lacks", "a.known.lacks"],
      ["a record on two pages is two", "record.id ?? index", "index"],
      ["a zero proves that the device was worn", "return value > 0", "return value >= 0"],
      ["samples of zero prove it", "(sample) => sample > 0", "(sample) => sample >= 0"],
      ["an empty list proves it", "Array.isArray(value) && value.length > 0", "Array.isArray(value)"],
      ["energy proves it", '"activity.energyBurned",\n', ""],
      ["sedentary minutes prove it", '"activity.sedentaryMinutes",\n', ""],
    ],
  ),
  ...of(
    "src/health-data/pages.ts",
    ["src/health-data/fetch.test.ts"],
    [
      ["a page is read again", "if (asked.has(key))", "if (false)"],
      ["one page more is read", "asked.size === MAX_PAGES", "asked.size > MAX_PAGES"],
      ["one page fewer is read", "asked.size === MAX_PAGES", "asked.size === MAX_PAGES - 1"],
      [
        "one empty page more is read",
        "withoutNews === MAX_PAGES_WITHOUT_NEWS)",
        "withoutNews > MAX_PAGES_WITHOUT_NEWS)",
      ],
      ["empty pages are counted over all", "withoutNews = 0;\n      const", "const"],
      ["the same data goes on", "if (heard.has(content))", "if (false)"],
      ["an empty list is news", "!cells.some(hasData)", "cells.length === 0"],
      ["the order of parameters counts", ".sort(), json", ", json"],
      ["the method does not count", "[method, base, bare", "[base, bare"],
      ["the base does not count", "[method, base, bare", "[method, bare"],
      ["the form does not count", "json, form]", "json]"],
      ["the body does not count", "json, form]", "form]"],
    ],
  ),
  ...of(
    "src/health-data/fetch.ts",
    ["src/health-data/fetch.test.ts"],
    [
      ["an error inside a 200 is read", "refuseErrorInside(got.body);", ""],
      ["a defect reads as trouble", "if (!isUnreadable(error)) throw error;", ""],
      ["a request that never left is counted", "if (sent.requests !== 0) requests++", "requests++"],
      [
        "ten seconds of waiting are too long",
        "waited + outcome.retryAfterMs > MAX_PENDING_WAIT_MS",
        "waited + outcome.retryAfterMs >= MAX_PENDING_WAIT_MS",
      ],
      ["waits are not added up", "waited += outcome.retryAfterMs;", ""],
      ["each caller sends for itself", "let flight = inFlight.get(key);", "let flight: Flight | undefined;"],
      ["another connection's answer is shared", "target.connection.id}|", "1}|"],
      ["other days' answer is shared", "planned.from}|", "1}|"],
      ["the order of fields counts", "[...planned.fields].sort().join()", "[...planned.fields].join()"],
      [
        "a sharer counts the request too",
        "return shared ? { ...fetched, requests: 0, shared } : fetched;",
        "return fetched;",
      ],
      ["one who leaves stops the others", "if (flight.waiting === 0 && !flight.taken)", "if (!flight.taken)"],
      ["what nobody waits for goes on", "flight.abort.abort(signal?.reason);", ""],
      [
        "what was given up is handed on",
        "if (inFlight.get(key) === flight) inFlight.delete(key);\n        flight.abort",
        "flight.abort",
      ],
      ["a missing scope is no answer", 'failure.code !== "INSUFFICIENT_SCOPE" && ', ""],
    ],
  ),
  ...of(
    "src/providers/kit/members.ts",
    ["src/providers/kit/kit.test.ts"],
    [
      ["one bad member ends the list", "if (!isUnreadable(error)) throw error;", "throw error;"],
      ["what goes on is an error", 'goingOn ? ("NOT_YET_SYNCED" as const)', 'goingOn ? ("PROVIDER_ERROR" as const)'],
      ["the day of what goes on is lost", "goingOn ? error.day : ", ""],
      ["a record twice is two", "return { found: once(found), skipped };", "return { found, skipped };"],
      ["the first day is beyond the span", "day < span.from ||", "day <= span.from ||"],
      ["the last day is beyond the span", "day > span.to)", "day >= span.to)"],
      ["days read as they came", "value: inOrder(own) as", "value: own as"],
      ["a page of which another follows proves its days", "covers: next ? null : { from, to }", "covers: { from, to }"],
      ["the last of an entry counts", "!seen.has(kind) && seen.add(kind)", "seen.add(kind)"],
    ],
  ),
  ...of(
    "src/providers/google-health/mappers/sleep.ts",
    ["src/providers/google-health"],
    [
      ["stages are listed twice", "firstOfEach(totals, ({ stage }) => stage)", "totals"],
      ["a nap is a main sleep", "metadata.mainSleep === true && metadata.nap !== true", "metadata.mainSleep === true"],
      ["a short awakening is what lies beneath", '() => "AWAKE"', "stageOf"],
      ["0 minutes to fall asleep are measured", "minutes === 0 && !figure", "false && !figure"],
      ["a night in progress is an error", "if (hasNoEnd(raw.interval))", "if (false)"],
      [
        "a night of yesterday evening was left open by mistake",
        "began >= addDays(today, -1)",
        "began > addDays(today, -1)",
      ],
      [
        "awake and asleep are swapped",
        'minutesAwake: figure(summary["minutesAwake"])',
        'minutesAwake: figure(summary["minutesAsleep"])',
      ],
    ],
  ),
  ...accountMutations,
  ...backendMutations,
  ...connectionMutations,
  ...serverMutations,
  ...mapperMutations,
  ...storedMutations,
  ...rememberedMutations,
  ...outboundMutations,
  ...recordingMutations,
  ...doorMutations,
  ...vendorMutations,
  ...readingMutations,
];
