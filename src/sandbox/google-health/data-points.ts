import { addDays } from "../people/index.js";
import { type DataType, dataSourceOf } from "./data-types.js";
import { invalid, RpcError } from "./errors.js";
import { dateBounds, type Filter, isCivil, matches, NO_FILTER, parseFilter } from "./filter.js";
import { pausesBefore, readCursor, readPageSize, writeToken } from "./paging.js";
import { timeOf } from "./points/point.js";
import { APPS, type Point, type SourceId } from "./points/shape.js";
import { dateOfSession } from "./points/sleep.js";
import type { GoogleHealthSwitches } from "./switches.js";
import type { View } from "./view.js";

/** What the client asked, whichever spelling its query used. */
export interface ListQuery {
  readonly filter: string | null;
  readonly pageSize: string | null;
  readonly pageToken: string | null;
  readonly dataSourceFamily: string | null;
  /** The client may read only what it has written itself. */
  readonly ownOnly: boolean;
}

const FAMILIES: Readonly<Record<string, readonly SourceId[]>> = {
  "all-sources": ["tracker", "phone", "scale", "manual", "self", "otherApp"],
  "google-wearables": ["tracker"],
  "google-sources": ["tracker", "phone", "scale", "manual"],
  "self-sources": ["self"],
};

/** The sources that a family stands for. */
export function sourcesOf(family: string | null, view: View): readonly SourceId[] {
  if (!family) return FAMILIES["all-sources"]!;
  const match = /^users\/([^/]+)\/dataSourceFamilies\/([^/]+)$/.exec(family);
  const sources = match && (match[1] === "me" || match[1] === view.healthUserId) ? FAMILIES[match[2]!] : undefined;
  if (!sources)
    throw invalid("INVALID_DATA_POINT_DATA_SOURCE_FAMILY", `Unknown data source family ${JSON.stringify(family)}`);
  return sources;
}

/** Everything that every source recorded, newest first: the same minute twice where two devices saw it. */
export function listPoints(view: View, type: DataType, query: ListQuery, switches: GoogleHealthSwitches) {
  if (query.dataSourceFamily && (type.id === "sleep" || type.kind === "catalogue"))
    throw invalid(undefined, `data_source_family is not supported for ${type.id}`);
  const sources = query.ownOnly ? FAMILIES["self-sources"]! : sourcesOf(query.dataSourceFamily, view);
  return page(view, type, query, switches, ["list", sources], sources, (point) => writtenOut(view, type, point));
}

/** One stream, as the app shows it. The phone adds nothing to minutes that the tracker saw. */
export function reconcilePoints(view: View, type: DataType, query: ListQuery, switches: GoogleHealthSwitches) {
  const asked = query.ownOnly ? FAMILIES["self-sources"]! : sourcesOf(query.dataSourceFamily, view);
  const sources = asked.filter((source) => source !== "phone");
  return page(view, type, query, switches, ["reconcile", sources], sources, (point) => ({
    ...(point.id !== undefined && { dataPointName: nameOf(view, type, point.id) }),
    [type.key]: switches.stagesSummaryTwice
      ? withStagesTwice(memberOf(view, type, point))
      : memberOf(view, type, point),
  }));
}

/** What only a capture of the merged stream shows: each stage of a night is summed up twice, in the same words. */
function withStagesTwice(member: Record<string, unknown>): Record<string, unknown> {
  const summary = member.summary as { readonly stagesSummary?: readonly object[] } | undefined;
  if (!summary?.stagesSummary) return member;
  const stagesSummary = summary.stagesSummary.flatMap((entry) => [entry, entry]);
  return { ...member, summary: { ...summary, stagesSummary } };
}

function nameOf(view: View, type: DataType, id: string): string {
  return `users/${view.healthUserId}/dataTypes/${type.id}/dataPoints/${id}`;
}

function memberOf(view: View, type: DataType, point: Point): Record<string, unknown> {
  if (type.kind === "rollup" || type.kind === "catalogue") throw new Error(`${type.id} has no points`);
  return { ...timeOf(point, type.kind, view.options), ...point.body };
}

function page(
  view: View,
  type: DataType,
  query: ListQuery,
  switches: GoogleHealthSwitches,
  identity: readonly unknown[],
  sources: readonly SourceId[],
  write: (point: Point) => object,
): { dataPoints?: object[]; nextPageToken?: string } {
  const filter = query.filter ? parseFilter(type, query.filter) : NO_FILTER;
  if (switches.civilSampleFilters === "match nothing" && type.kind === "sample" && isCivil(filter)) return {};
  const size = readPageSize(query.pageSize, type.pageSizes);
  const parameters = [...identity, view.person.id, type.id, query.filter, size];
  const round = switches.tokensGoRound && query.pageToken !== null;
  const cursor = readCursor(round ? null : query.pageToken, parameters, switches);
  if (cursor.pauseFirst) return { nextPageToken: writeToken({ ...cursor, pauseFirst: false }, parameters) };

  const dataPoints: object[] = [];
  for (const { point, date, index } of newestFirst(view, type, filter, sources, cursor.date, cursor.skip)) {
    if (dataPoints.length === size) {
      const next = cursor.page + 1;
      const begin = { page: next, pauseFirst: pausesBefore(next, switches), date, skip: index };
      return { dataPoints, nextPageToken: writeToken(begin, parameters) };
    }
    dataPoints.push(write(point));
  }
  // An empty list is a default, and defaults are not written.
  return dataPoints.length === 0 ? {} : { dataPoints };
}

function* newestFirst(
  view: View,
  type: DataType,
  filter: Filter,
  sources: readonly SourceId[],
  fromDate: string,
  skip: number,
): Generator<{ point: Point; date: string; index: number }> {
  if (sources.length === 0) return;
  const bounds = dateBounds(filter);
  const { firstDate } = view;
  // Nobody's minutes are made up to find in them what only apps have written.
  const onlyWritten = sources.every((source) => APPS.includes(source));
  const pointsOn = (date: string): readonly Point[] =>
    onlyWritten ? view.written.on(type.id, date) : type.pointsOn(view, view.person.day(date));
  for (let date = fromDate || view.lastDate; date >= firstDate && date >= bounds.first; date = addDays(date, -1)) {
    if (date > bounds.last || !type.mayHavePoints(view, date)) continue;
    const points = pointsOn(date)
      .filter((point) => sources.includes(point.source) && matches(filter, point))
      .sort((a, b) => b.startMs - a.startMs);
    for (let index = date === fromDate ? skip : 0; index < points.length; index++)
      yield { point: points[index]!, date, index };
  }
}

/** One point by its id: sessions begin theirs with a date, measurements are named by their time. */
export function getPoint(view: View, type: DataType, id: string, ownOnly: boolean): object {
  const point = view.written.find(type.id, id) ?? findOwn(view, type, id);
  if (!point || (ownOnly && point.source !== "self"))
    throw new RpcError("NOT_FOUND", "Requested entity was not found.");
  return writtenOut(view, type, point);
}

/** As `get` tells a point, and as the operation that wrote it does. */
export function writtenOut(view: View, type: DataType, point: Point): object {
  return {
    ...(point.id !== undefined && { name: nameOf(view, type, point.id) }),
    dataSource: dataSourceOf(type, point),
    [type.key]: memberOf(view, type, point),
  };
}

/** What the person's devices and the app have recorded. */
export function findOwn(view: View, type: DataType, id: string): Point | undefined {
  const date = dateOfSession(id) || (/^\d{13}$/.test(id) ? view.dayAt(Number(id)).date : "");
  if (!view.exists(date)) return undefined;
  return type.pointsOn(view, view.person.day(date)).find((candidate) => candidate.id === id);
}
