import { object, UnreadableAnswer } from "../../http/json.js";
import type { Have } from "../../model/cells.js";
import type { Field } from "../../model/fields.js";
import type { ElectrocardiogramRecord, LocalDate, RhythmAlertRecord, TemperatureRecord } from "../../model/records.js";
import { addDays, localDateOf } from "../../model/time.js";
import { envelope, requiredList } from "../kit/envelope.js";
import { page, readRecords } from "../kit/members.js";
import type { ApiRequest, Call, ReadPage } from "../provider.js";
import {
  dayOfCoreTemperature,
  dayOfElectrocardiogram,
  dayOfRhythmAlert,
  toCoreTemperature,
  toElectrocardiogram,
  toRhythmAlert,
} from "./mappers/readings.js";
import { toBreathing, toOxygenDays, toOxygenMinutes, toSkinTemperature, toVo2Max } from "./mappers/vitals.js";

const zoneOf = (have: Have): string | undefined => have.value("profile.timeZone");

/** One vital of each night, over 30 days at most. */
const nightly = (
  path: string,
  field: Field,
  scope: string,
  read: (answer: unknown) => Pick<ReadPage, "cells" | "skipped">,
): Call => ({
  name: path,
  yields: [field],
  reach: { kind: "days", max: 30 },
  scope,
  request: ({ from, to }) => ({ method: "GET", path: `/1/user/-/${path}/date/${from}/${to}.json` }),
  read: (answer, input) => page(input, read(answer)),
});

export const vitalCalls: readonly Call[] = [
  nightly("spo2", "vitals.oxygenSaturation", "oxygen_saturation", toOxygenDays),
  nightly("br", "vitals.respiratoryRate", "respiratory_rate", toBreathing),
  nightly("temp/skin", "vitals.skinTemperatureDeviation", "temperature", toSkinTemperature),
  nightly("cardioscore", "vitals.vo2Max", "cardio_fitness", toVo2Max),
  {
    name: "spo2/all",
    yields: ["vitals.course:oxygenSaturation", "readings.oxygenSaturations"],
    // The limit is 30 nights. One more than the days is read: their evenings belong to it.
    reach: { kind: "days", max: 29 },
    scope: "oxygen_saturation",
    needs: ["profile.timeZone"],
    request: ({ from, to, today }) => {
      const last = to < today ? addDays(to, 1) : to;
      return { method: "GET", path: `/1/user/-/spo2/date/${from}/${last}/all.json` };
    },
    read: (answer, input, have) => page(input, toOxygenMinutes(answer, input, zoneOf(have))),
  },
  {
    name: "temp/core",
    yields: ["readings.temperatures"],
    reach: { kind: "days", max: 30 },
    scope: "temperature",
    needs: ["profile.timeZone"],
    request: ({ from, to }) => ({ method: "GET", path: `/1/user/-/temp/core/date/${from}/${to}.json` }),
    read: (answer, input, have) =>
      page(
        input,
        readRecords<TemperatureRecord>(requiredList(envelope(answer, "core temperatures"), "tempCore"), {
          field: "readings.temperatures",
          span: input,
          read: (row) => toCoreTemperature(row, zoneOf(have)),
          dayOf: ({ time }) => localDateOf(time),
          dayOfUnread: (row) => dayOfCoreTemperature(row, zoneOf(have)),
        }),
      ),
  },
  listed<ElectrocardiogramRecord>({
    name: "ecg",
    path: "/1/user/-/ecg/list.json",
    key: "ecgReadings",
    field: "readings.electrocardiograms",
    scope: "electrocardiogram",
    read: toElectrocardiogram,
    dayOf: ({ time }) => localDateOf(time),
    dayOfUnread: dayOfElectrocardiogram,
  }),
  listed<RhythmAlertRecord>({
    name: "irn",
    path: "/1/user/-/irn/alerts/list.json",
    key: "alerts",
    field: "readings.rhythmAlerts",
    scope: "irregular_rhythm_notifications",
    read: toRhythmAlert,
    dayOf: ({ start }) => localDateOf(start),
    dayOfUnread: dayOfRhythmAlert,
  }),
];

/** A list that begins at `afterDate` and has no end, ten entries a page. Reading stops where a page leads past the span. */
function listed<R extends { readonly id: string }>(of: {
  readonly name: string;
  readonly path: string;
  readonly key: string;
  readonly field: Field;
  readonly scope: string;
  readonly read: (value: unknown, zone: string | undefined) => R;
  readonly dayOf: (record: R) => LocalDate;
  readonly dayOfUnread: (value: unknown, zone: string | undefined) => LocalDate;
}): Call {
  return {
    name: of.name,
    yields: [of.field],
    reach: { kind: "pages", size: 10, perDay: 0.1 },
    scope: of.scope,
    needs: ["profile.timeZone"],
    // A day earlier: a list cut by the wall clock of another zone must not lose the first hours.
    request: ({ from }) => ({
      ...{ method: "GET", path: of.path },
      query: { afterDate: addDays(from, -1), sort: "asc", offset: 0, limit: 10 },
    }),
    read: (answer, input, have) => {
      const whole = envelope(answer, of.name);
      const entries = requiredList(whole, of.key);
      const zone = zoneOf(have);
      let newest = "";
      const parts = readRecords<R>(entries, {
        field: of.field,
        span: input,
        read: (entry) => {
          const record = of.read(entry, zone);
          if (of.dayOf(record) > newest) newest = of.dayOf(record);
          return record;
        },
        dayOf: of.dayOf,
        dayOfUnread: (entry) => of.dayOfUnread(entry, zone),
      });
      const leadsPast = newest > addDays(input.to, 1) && newest <= addDays(input.today, 1);
      const next = entries.length > 0 && !leadsPast ? nextPage(whole["pagination"], of.path) : undefined;
      return page(input, parts, next);
    },
  };
}

/** The vendor's link without its origin: a token goes to the configured origin only. */
export function nextPage(pagination: unknown, path: string): ApiRequest | undefined {
  const link = object(pagination, "pagination")["next"];
  if (link === undefined || link === null || link === "") return undefined;
  const base = "https://api.fitbit.com";
  const url = typeof link === "string" && URL.canParse(link, base) ? new URL(link, base) : null;
  const isOurs = url?.pathname.replace(/^\/1\/user\/[^/]+\//, "/1/user/-/") === path;
  if (url === null || !isOurs) throw new UnreadableAnswer("pagination.next leads elsewhere");
  return { method: "GET", path: url.pathname + url.search };
}
