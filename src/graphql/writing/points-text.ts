import { type Around, clockOf } from "../points.js";
import type { Series } from "../types/series.js";
import { selectedFields } from "../walk.js";
import type { Place, Write } from "./plain-fields.js";

/** A text that is the same for each sample, or the field that stands there. */
type Piece = { readonly text: string } | "time" | "value";

/** How each sample is written. */
interface Pattern {
  readonly pieces: readonly Piece[];
  readonly around: Around | undefined;
}

/** Ends the sample before it, which the first one has not. */
const JOINT = "},";

/** Writes `points` from the two columns of a series, without an object for each sample. */
export function writePoints(place: Place): Write {
  const fields = fieldsOf(place);
  const [timed, timeless] = [patternOf(fields, true), patternOf(fields, false)];
  return (series: Series) => {
    const { offsets, values } = series;
    if (offsets.length === 0) return "[]";
    const clock = timed.pieces.includes("time") ? clockOf(series, timed.around) : null;
    const { pieces } = clock ? timed : timeless;
    let text = "";
    for (let at = 0; at < offsets.length; at++) {
      clock?.set(offsets[at]!);
      for (const piece of pieces) {
        if (piece === "value") text += numberIn(values, at);
        else if (piece === "time") text += clock!.hour + clock!.rest;
        else text += piece.text;
      }
    }
    return `[${text.slice(JOINT.length)}}]`;
  };
}

/** The selected fields by their names in the answer. */
function fieldsOf({ document, nodes }: Place): ReadonlyMap<string, string> {
  const sample = document.schema.getType("Sample")!;
  return new Map(selectedFields(document, sample, nodes).map(({ alias, name }) => [(alias ?? name).value, name.value]));
}

function patternOf(fields: ReadonlyMap<string, string>, hasTime: boolean): Pattern {
  const pieces: Piece[] = [];
  let text = `${JOINT}{`;
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
  if (text !== "") pieces.push({ text });
  return joined(pieces);
}

/** With the texts around the time as parts of it, if it is written once. */
function joined(pieces: readonly Piece[]): Pattern {
  const at = pieces.indexOf("time");
  const [before, after] = [pieces[at - 1], pieces[at + 1]];
  if (at !== pieces.lastIndexOf("time") || !isText(before) || !isText(after)) return { pieces, around: undefined };
  return { pieces: pieces.toSpliced(at - 1, 3, "time"), around: { before: before.text, after: after.text } };
}

const isText = (piece: Piece | undefined) => typeof piece === "object";

function numberIn(values: readonly (number | null)[], at: number): number {
  const value = values[at];
  // GraphQL has an error to tell of.
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError("a sample is not a number");
  return value;
}
