import type { Field } from "../../../model/fields.js";
import type { LocalDate } from "../../../model/records.js";
import { envelope, omittableList } from "../../kit/envelope.js";
import { page, readRecords } from "../../kit/members.js";
import type { Call } from "../../provider.js";
import { pageAfter, reconcile } from "./requests.js";

/** Records of one field, each from one point. The zone is needed for points without an offset of their own. */
export interface Points<R> {
  readonly field: Field;
  readonly toRecords: (point: unknown, zone: string | undefined, today: LocalDate) => R | readonly R[];
  readonly dayOf: (record: R) => LocalDate;
  readonly dayOfUnread: (point: unknown, zone: string | undefined) => LocalDate | null;
}

export function readPoints<R extends { readonly id: string }>(of: Points<R>): Call["read"] {
  return (answer, input, have, asked) => {
    const zone = have.value("profile.timeZone");
    const parts = readRecords<R>(omittableList(envelope(answer), "dataPoints"), {
      field: of.field,
      span: input,
      read: (point) => of.toRecords(point, zone, input.today),
      dayOf: of.dayOf,
      dayOfUnread: (point) => of.dayOfUnread(point, zone),
    });
    return page(input, parts, pageAfter(asked, answer));
  };
}

/** A call for the points whose `member`, a civil time, is in the span: so a day can be named without a zone. */
export function points<R extends { readonly id: string }>({
  type,
  member,
  reach,
  pageSize,
  scope,
  ...of
}: Points<R> & {
  readonly type: string;
  readonly member: string;
  readonly reach: Call["reach"];
  readonly pageSize: number;
  readonly scope: string;
}): Call {
  return {
    name: `reconcile ${type}`,
    yields: [of.field],
    reach,
    scope,
    request: (input) => reconcile(type, member, input, pageSize),
    read: readPoints(of),
  };
}
