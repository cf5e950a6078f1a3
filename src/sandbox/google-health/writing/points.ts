import { FOODS, nutrientsOf } from "../../people/index.js";
import type { PersonSleepStage } from "../../person.js";
import type { DataType } from "../data-types.js";
import { RpcError } from "../errors.js";
import { nutrientMembers } from "../points/nutrition.js";
import { STAGE_NAMES, summaryOf } from "../points/sleep.js";
import { DAY_MS, timestamp } from "../time.js";
import type { View } from "../view.js";
import { badField, readMessage, secondsOf } from "./read-message.js";
import type { WrittenPoint } from "./written-points.js";

type Fields = Readonly<Record<string, unknown>>;

/** Who writes, when, and what was there before. */
export interface Writing {
  readonly view: View;
  readonly nowMs: number;
  readonly clientId: string;
  readonly source: "self" | "otherApp";
  readonly id: string;
  /** For a change. */
  readonly before: WrittenPoint | null;
}

/** Reads the body of a create or patch, and completes what only the service sets. Throws RpcError for what is refused. */
export function readPoint(type: DataType, json: unknown, otherKeys: readonly string[], writing: Writing): WrittenPoint {
  const { dataSource, member } = split(type, json, otherKeys);
  const at = `data_point.${type.id.replaceAll("-", "_")}`;
  const name = `${type.key[0]!.toUpperCase()}${type.key.slice(1)}`;
  const { interval, sampleTime, ...given } = readMessage(name, member, at);
  const times = interval ? intervalOf(interval as Fields, type, at) : sampleOf(sampleTime as Fields);
  if (times.endMs > writing.nowMs + DAY_MS || times.startMs < 0)
    throw badField(at, "The time of a data point must not be in the future.");
  const { view, nowMs, clientId, source, id, before } = writing;
  const createdMs = before?.createdMs ?? nowMs;
  const listedOn = view.dayAt(type.id === "sleep" ? times.endMs : times.startMs).date;
  return {
    source,
    ...times,
    id,
    createdMs,
    listedOn,
    dataSource: {
      recordingMethod: "UNKNOWN",
      ...(dataSource === undefined ? {} : readMessage("DataSource", dataSource, "data_point.data_source")),
      platform: "GOOGLE_WEB_API",
      application: { googleWebClientId: clientId },
    },
    body: completed(type, given, times, writing, createdMs),
  };
}

/** A data point is its source and exactly one value, which must be that of the collection. */
function split(type: DataType, json: unknown, otherKeys: readonly string[]) {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw badField("data_point", "An object was expected.", "Invalid JSON payload received.");
  let member: unknown;
  let dataSource: unknown;
  for (const [given, value] of Object.entries(json)) {
    const name = given.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    if (value === null || name === "name") continue;
    if (name === "dataSource") dataSource = value;
    else if (name === type.key) member = value;
    else if (otherKeys.includes(name))
      throw badField("data_point", `${name} does not belong to the collection ${type.id}`);
    else {
      const description = `Unknown name "${given}" at 'data_point': Cannot find field.`;
      throw badField("data_point", description, `Invalid JSON payload received. ${description}`);
    }
  }
  if (member === undefined) throw badField(`data_point.${type.id.replaceAll("-", "_")}`, `${type.key} is required`);
  return { dataSource, member };
}

interface Times {
  readonly startMs: number;
  readonly endMs: number;
  readonly startOffset: number;
  readonly endOffset: number;
}

function intervalOf(interval: Fields, type: DataType, at: string): Times {
  const times = spanOf(interval);
  // A drink may be over at once; a night and a workout take time.
  const least = type.id === "sleep" || type.id === "exercise" ? 1 : 0;
  if (times.endMs - times.startMs < least) throw badField(`${at}.interval`, "end_time must be after start_time");
  return times;
}

function spanOf({ startTime, endTime, startUtcOffset, endUtcOffset }: Fields): Times {
  return {
    startMs: Date.parse(startTime as string),
    endMs: Date.parse(endTime as string),
    startOffset: secondsOf(startUtcOffset as string),
    endOffset: secondsOf(endUtcOffset as string),
  };
}

function sampleOf({ physicalTime, utcOffset }: Fields): Times {
  const ms = Date.parse(physicalTime as string);
  const offset = secondsOf(utcOffset as string);
  return { startMs: ms, endMs: ms, startOffset: offset, endOffset: offset };
}

function completed(type: DataType, given: Fields, times: Times, writing: Writing, createdMs: number): Fields {
  const stamps = { createTime: timestamp(createdMs), updateTime: timestamp(writing.nowMs) };
  switch (type.id) {
    case "exercise":
      return { ...given, displayName: displayNameOf(given), ...stamps };
    case "sleep":
      return { ...given, ...sleepOf(given, times, writing.view), ...stamps };
    case "nutrition-log":
      return foodOf(given, writing);
    default:
      return given;
  }
}

/** Whatever the client calls it; only what is none of the known types keeps its name. */
function displayNameOf({ exerciseType, displayName }: Fields): string {
  if (exerciseType === "OTHER") return displayName as string;
  const words = (exerciseType as string).toLowerCase().replaceAll("_", " ");
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
}

const STAGE_OF = new Map(Object.entries(STAGE_NAMES).map(([stage, name]) => [name, stage as PersonSleepStage]));

/** Stages must cover the interval without a gap; what they add up to is reckoned here. */
function sleepOf({ stages, metadata, type }: Fields, { startMs, endMs }: Times, view: View): Fields {
  const spans = ((stages ?? []) as Fields[]).map((stage) => ({ type: stage.type as string, ...spanOf(stage) }));
  let at = startMs;
  for (const [index, span] of spans.entries()) {
    if (span.startMs !== at || span.endMs <= span.startMs)
      throw badField(`data_point.sleep.stages[${index}]`, "stages must be contiguous and must not overlap");
    at = span.endMs;
  }
  if (spans.length > 0 && at !== endMs) throw badField("data_point.sleep.stages", "stages must cover the interval");
  const segments = spans.map((span) => {
    return { stage: STAGE_OF.get(span.type)!, startMs: span.startMs, seconds: (span.endMs - span.startMs) / 1000 };
  });
  const others = view.hasRecords(view.dayAt(endMs).date) ? view.dayAt(endMs).sleeps : [];
  const role = others.some(({ main }) => main) ? { nap: true } : { mainSleep: true };
  return {
    type: type ?? (segments.some(({ stage }) => ["light", "deep", "rem"].includes(stage)) ? "STAGES" : "CLASSIC"),
    metadata: { ...(metadata as Fields | undefined), processed: true, ...role },
    ...(segments.length > 0 && { summary: summaryOf({ segments }, false) }),
  };
}

/** An identified food brings its figures with it; an anonymous one has those that the client sends, and cannot be changed. */
function foodOf(given: Fields, { view, before }: Writing): Fields {
  if (before && before.body.food === undefined)
    throw new RpcError("FAILED_PRECONDITION", "Nutrition logs created from anonymous food are not editable.");
  if (given.food === undefined) {
    if (typeof given.foodDisplayName === "string" && given.foodDisplayName !== "") return given;
    throw badField("data_point.nutrition_log", "Either food or food_display_name is required");
  }
  const [, user, id] = /^users\/([^/]+)\/dataTypes\/food\/dataPoints\/(\d+)$/.exec(given.food as string) ?? [];
  const food = FOODS.find((known) => String(known.id) === id);
  if (!food || (user !== "me" && user !== view.healthUserId))
    throw badField("data_point.nutrition_log.food", "The food was not found");
  const serving = given.serving as Fields | undefined;
  const { energyKcal, ...nutrients } = nutrientsOf(food, Number(serving?.amount ?? 1));
  return {
    ...given,
    food: `users/${view.healthUserId}/dataTypes/food/dataPoints/${food.id}`,
    foodDisplayName: food.name,
    energy: { kcal: energyKcal },
    ...nutrientMembers(nutrients),
    ...(serving && { serving: { ...serving, foodMeasurementUnitDisplayName: food.unit } }),
  };
}
