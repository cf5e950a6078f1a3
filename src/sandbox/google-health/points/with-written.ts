import type { PointsOn } from "./point.js";

/** What the person's own devices and the app have of a type, and what other apps have written of it. */
export function withWritten(typeId: string, own: PointsOn): PointsOn {
  return (view, day) => {
    // Apps may have written about days on which the person had no account yet, or whose sync is still to come.
    const recorded = view.hasRecords(day.date) ? own(view, day) : [];
    const all = [...recorded, ...view.written.on(typeId, day.date)];
    return view.sources ? all.filter(({ source }) => view.sources!.includes(source)) : all;
  };
}
