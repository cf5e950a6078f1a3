import { list, object, UnreadableAnswer } from "../../http/json.js";

type Json = Readonly<Record<string, unknown>>;

/** Members by which providers report an error inside an answer with status 200. */
const errorMembers = ["error", "errors", "error_code", "errorCode", "error_message"] as const;

/** Whether an answer contains an error, whatever its HTTP status. */
export function carriesError(answer: unknown): boolean {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return false;
  const body = answer as Json;
  const says = (value: unknown) =>
    value !== undefined && value !== null && value !== false && value !== "" && value !== 0 && !isEmpty(value);
  return errorMembers.some((member) => says(body[member])) || body["success"] === false;
}

/** Throws `UnreadableAnswer` for an answer that carries an error. */
export function refuseErrorInside(answer: unknown): void {
  if (carriesError(answer)) throw new UnreadableAnswer("the answer carries an error");
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** The object in every answer of a call. Throws `UnreadableAnswer` for anything else, and for an error inside it. */
export function envelope(answer: unknown, path = "answer"): Json {
  const whole = object(answer, path);
  refuseErrorInside(whole);
  return whole;
}

/** A token is part of an address. */
const LONGEST_TOKEN = 4096;

/** The token of the next page. Undefined after the last page. */
export function pageToken(whole: Json, key: string): string | undefined {
  const token = whole[key];
  if (token === undefined || token === null || token === "") return undefined;
  // If this counted as the end, a part would be read as the whole.
  if (typeof token !== "string" || token.length > LONGEST_TOKEN) throw new UnreadableAnswer(`${key} is no token`);
  return token;
}

/** A list that the provider always sends, even if empty. */
export function requiredList(whole: Json, key: string): readonly unknown[] {
  return list(whole[key], key);
}

/** A list that the provider leaves out when it is empty. Any other value is unreadable, never "no data". */
export function omittableList(whole: Json, key: string): readonly unknown[] {
  return whole[key] === undefined || whole[key] === null ? [] : list(whole[key], key);
}
