import type { Point } from "../points/shape.js";

/** A point that an app has written. */
export interface WrittenPoint extends Point {
  readonly id: string;
  readonly createdMs: number;
  /** The local day on which it is listed. */
  readonly listedOn: string;
}

/** What apps have written about one person, by data type. */
export interface PersonsPoints {
  on(typeId: string, date: string): readonly WrittenPoint[];
  find(typeId: string, id: string): WrittenPoint | undefined;
  /** The first and the last date with anything in them; null without any. */
  readonly span: { readonly first: string; readonly last: string } | null;
}

/** Everything that apps have written into one lab. */
export interface WrittenPoints {
  of(personId: string): PersonsPoints;
  /** In place of the point with its id, if there is one. */
  put(personId: string, typeId: string, point: WrittenPoint): void;
  remove(personId: string, typeId: string, id: string): void;
}

export function createWrittenPoints(): WrittenPoints {
  const all = new Map<string, Map<string, Map<string, WrittenPoint>>>();

  function pointsOf(personId: string, typeId: string): Map<string, WrittenPoint> {
    const types = all.get(personId) ?? new Map<string, Map<string, WrittenPoint>>();
    const points = types.get(typeId) ?? new Map<string, WrittenPoint>();
    all.set(personId, types.set(typeId, points));
    return points;
  }

  return {
    of: (personId) => ({
      on(typeId, date) {
        const points = all.get(personId)?.get(typeId);
        return points ? [...points.values()].filter(({ listedOn }) => listedOn === date) : [];
      },
      find: (typeId, id) => all.get(personId)?.get(typeId)?.get(id),
      get span() {
        const dates = [...(all.get(personId)?.values() ?? [])]
          .flatMap((points) => [...points.values()].map(({ listedOn }) => listedOn))
          .sort();
        return dates.length === 0 ? null : { first: dates[0]!, last: dates.at(-1)! };
      },
    }),
    put(personId, typeId, point) {
      pointsOf(personId, typeId).set(point.id, point);
    },
    remove(personId, typeId, id) {
      pointsOf(personId, typeId).delete(id);
    },
  };
}
