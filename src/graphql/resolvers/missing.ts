import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Info, Root } from "type-graphql";
import type { Absent, Courses } from "../../health-data/views.js";
import type { MissingReason, SampleSeries } from "../../model/records.js";
import type { RequestContext } from "../context.js";
import { namedSeries, namesForMissing, placeOf, seriesField } from "../selection.js";
import { type MissingField, MissingFieldType } from "../types/history.js";
import { type Class, serve } from "./serve.js";

export const MISSING =
  "Fields of this object that are null, each with the reason. Default: the fields of this selection. Clients with a normalised cache should pass `fields`. A series is named with its arguments, for example samples(STEPS,ONE_MINUTE).";

export const MISSING_LISTS =
  "Lists of this history that are null, each with the reason. Default: the lists of this selection. Clients with a normalised cache should pass `fields`.";

const Fields = Arg("fields", () => [String], {
  nullable: true,
  description: "Names of fields to report on, selected or not. Default: the fields of this selection.",
});

/** Adds the field `missing` to the type of a resolver class. */
export function Missing(description: string) {
  const missing = { returns: () => [MissingFieldType], description, resolve: missingOf };
  return (resolver: Class) => serve(resolver, "missing", missing, Root(), Fields, Ctx(), Info());
}

interface Incomplete {
  readonly absent: Absent;
  readonly series?: ReadonlyMap<string, SampleSeries | null>;
  readonly courses?: Courses;
}

function missingOf(
  object: Incomplete,
  fields: readonly string[] | null | undefined,
  context: RequestContext,
  info: GraphQLResolveInfo,
): readonly MissingField[] {
  const place = placeOf(info);
  let names = context.memo.get(place);
  if (!names) {
    names = namesForMissing(info, fields);
    context.memo.set(place, names);
  }
  return missingNamed(object, names);
}

/** The value of `missing` for one object. It is sorted, so that equal states give equal answers. */
export function missingNamed(object: Incomplete, names: ReadonlySet<string>): readonly MissingField[] {
  const missing: MissingField[] = [];
  for (const name of names) {
    if (valueNamed(object, name) === null) missing.push({ field: name, reason: reasonOf(object, name) });
  }
  for (const [name, reason] of object.absent) {
    // Parts of an object that is present itself: zones.energyBurned.
    const whole = name.slice(0, Math.max(name.indexOf("."), 0));
    if (whole !== "" && names.has(whole) && valueNamed(object, whole) !== null) missing.push({ field: name, reason });
  }
  return missing.sort((a, b) => (a.field < b.field ? -1 : 1));
}

function reasonOf({ absent, courses }: Incomplete, name: string): MissingReason {
  // A course is one thing at any resolution.
  const series = courses ? namedSeries(name) : null;
  return absent.get(series ? `samples(${series.metric})` : name) ?? "UNKNOWN";
}

function valueNamed(object: Incomplete, name: string): unknown {
  if (object.courses) {
    const course = namedSeries(name);
    if (course) return object.courses.get(course.metric ?? "") ?? null;
  }
  const series = seriesField(name);
  if (series) return object.series?.get(series) ?? null;
  return (object as unknown as Readonly<Record<string, unknown>>)[name] ?? null;
}
