/** One wrong change, and the suites that should notice it. */
export interface Mutation {
  readonly file: string;
  /** What would be wrong, in words. */
  readonly says: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly suites: readonly string[];
  /** Why nobody can tell the changed code from the right one. */
  readonly equal?: string;
}

type Change = readonly [says: string, find: string, replace: string, equal?: string];
const of = (file: string, suites: readonly string[], changes: readonly Change[]): readonly Mutation[] =>
  changes.map(([says, find, replace, equal]) => ({ file, says, find, replace, suites, equal }));

export const mutations: readonly Mutation[] = [
  ...of(
    "src/readings/histories.ts",
    ["src/readings/histories.test.ts"],
    [
      [
        "distance and energy are swapped in totals",
        "distance: distance ?? null,\n    energyBurned: energyBurned ?? null",
        "distance: energyBurned ?? null,\n    energyBurned: distance ?? null",
      ],
      ["SDNN shows RMSSD", 'hrvSdnn: get("heart.hrvSdnn")', 'hrvSdnn: get("heart.hrvRmssd")'],
      ["latest is the oldest measurement", "measurements.findLast(", "measurements.find("],
      ["elevation shows floors", 'elevation: figure("activity.elevation")', 'elevation: figure("activity.floors")'],
      [
        "a day that is not over is settled",
        "date < scene.today && reader.settled",
        "date <= scene.today && reader.settled",
      ],
      [
        "the second source is asked for all days",
        "open = open.filter((day) => !decides(source, day))",
        "open = open.slice()",
      ],
      ["an outdated day decides", "> 0 && !outdated(source, day)", "> 0"],
      ["the zone of a series is named on every day", "return changes && offsetOf", "return offsetOf"],
      ["a day without a witness asked is witnessed by a zero", "?? 0) > 0 && !outdated", "?? 0) >= 0 && !outdated"],
      ["a workout stands on the day of its end", "date: localDateOf(record.start)", "date: localDateOf(record.end)"],
      ["a night that is still computed is settled", "settled: !pending && source", "settled: source"],
      [
        "BMI alone lists no fat",
        'const measured: readonly Field[] = ["body.weight", "body.fatPercentage"]',
        'const measured: readonly Field[] = ["body.weight"]',
      ],
      ["a profile prefers who can't be asked", "...scene.sources.filter(({ reader }) => reader.canBeAsked),", ""],
      [
        "the age is a year too high before the birthday",
        "today.slice(5) < dateOfBirth.slice(5)",
        "today.slice(5) <= dateOfBirth.slice(5)",
      ],
      ["a week begins on Sunday", "(epochDay(today) + 3) % 7", "(epochDay(today) + 4) % 7"],
      ["a week with an unknown day has a sum", "if (!periodDays(goal, today).every(isKnown)) return null;", ""],
      [
        "active minutes are the vigorous ones alone",
        '["activity.moderatelyActiveMinutes", "activity.veryActiveMinutes"]',
        '["activity.veryActiveMinutes"]',
      ],
      ["a weight goal looks back too short", "const WEIGHING_DAYS = 30", "const WEIGHING_DAYS = 29"],
    ],
  ),
  ...of(
    "src/readings/merge.ts",
    ["src/readings/merge.test.ts"],
    [
      ["half an overlap is one sleep", "overlapOfShorter(a, b) > 0.5", "overlapOfShorter(a, b) >= 0.5"],
      ["four fifths are not enough for a workout", "overlapOfShorter(a, b) >= 0.8", "overlapOfShorter(a, b) > 0.8"],
      ["two minutes are too long for a weighing", "<= SAME_WEIGHING_MS", "< SAME_WEIGHING_MS"],
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
        "textOf(after.get(field, day)) !== old.get",
        "textOf(after.get(field, day)) === old.get",
      ],
      ["an outage is the end", 'if (trouble?.kind === "passing") throw new Error(trouble.reason);', ""],
      ["a limit is not waited for", 'if (trouble?.kind === "wait") return { kind: "again", at: trouble.at };', ""],
      ["days end a day early", "addDays(to, 1 - provider.revision.days)", "addDays(to, -provider.revision.days)"],
      [
        "a forgotten connection keeps its jobs",
        "await queue.removeAll(jobsOf(id));\n        await heard.delete(id);",
        "await heard.delete(id);",
      ],
    ],
  ),
  ...of(
    "src/jobs/backfill.ts",
    ["src/jobs/backfill.test.ts"],
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
      ["an equal job is begun again", "if (same) return same;", ""],
      [
        "days that could not be kept count as done",
        'if (lost) throw new StoreUnavailable("Fetched days could not be kept.");',
        "",
      ],
    ],
  ),
  ...of(
    "src/readings/range.ts",
    ["src/readings/range.test.ts"],
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
];
