import { clockOf } from "../points.js";
import type { Series } from "../types/series.js";
import { selectedFields } from "../walk.js";
import type { Place, Write } from "./plain-fields.js";

/** A text that is the same for each sample, or the field that stands there. */
type Piece = { readonly text: string } | "time" | "value";

/** Writes `points` from the two columns of a series, without an object for each sample. */
export function writePoints(place: Place): Write {
  const fields = fieldsOf(place);
  const [timed, timeless] = [piecesOf(fields, true), piecesOf(fields, false)];
  return (series: Series) => {
    const { offsets, values } = series;
    const clock = timed.includes("time") ? clockOf(series) : null;
    const pieces = clock ? timed : timeless;
    // Joined at once: adding to one text thousands of times leaves as many objects behind.
    const parts: (string | number)[] = [];
    for (let at = 0; at < offsets.length; at++) {
      clock?.set(offsets[at]!);
      for (const piece of pieces) {
        if (piece === "value") parts.push(numberIn(values, at));
        else if (piece === "time") parts.push(clock!.hour, clock!.rest);
        else parts.push(piece.text);
      }
    }
    return `[${parts.join("").slice(1)}]`;
  };
}

/** The selected fields by their names in the answer. */
function fieldsOf({ document, nodes }: Place): ReadonlyMap<string, string> {
  const sample = document.schema.getType("Sample")!;
  return new Map(selectedFields(document, sample, nodes).map(({ alias, name }) => [(alias ?? name).value, name.value]));
}

/** Begins with a comma, which the first sample loses. */
function piecesOf(fields: ReadonlyMap<string, string>, hasTime: boolean): readonly Piece[] {
  const pieces: Piece[] = [];
  let text = ",{";
  let separator = "";
  for (const [key, field] of fields) {
    text += `${separator}${JSON.stringify(key)}:`;
    separator = ",";
    if (field === "value" || (field === "time" && hasTime)) {
      const quote = field === "time" ? '"' : "";
      pieces.push({ text: text + quote }, field);
      text = quote;
    } else text += field === "time" ? "null" : '"Sample"';
  }
  pieces.push({ text: `${text}}` });
  return pieces;
}

function numberIn(values: readonly (number | null)[], at: number): number {
  const value = values[at];
  // GraphQL has an error to tell of.
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError("a sample is not a number");
  return value;
}
