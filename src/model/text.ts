/** What an id of the app's own, or a text of a caller, may be long unless something else is said. */
export const MAX_TEXT_LENGTH = 256;

/**
 * What is wrong with a text from outside, as the rest of a sentence about it; null where nothing is. NUL and half of a
 * surrogate pair are refused everywhere: databases end a text there, or make two different ones alike.
 */
export function faultOfText(text: string, maxLength = MAX_TEXT_LENGTH): string | null {
  if (text.length > maxLength) return `has more than ${maxLength.toLocaleString("en")} characters`;
  if (text.includes("\0")) return "has a NUL character in it";
  return /\p{Surrogate}/u.test(text) ? "is not well-formed Unicode" : null;
}

/** Whether a user can have this id, whoever names it: a token, a key, an argument, or the command line. */
export function isUserId(text: string): boolean {
  return text.trim() !== "" && faultOfText(text) === null;
}
