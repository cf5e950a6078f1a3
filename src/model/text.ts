/** The most characters of an app's own id or of a caller's text, unless another limit is given. */
export const MAX_TEXT_LENGTH = 256;

/**
 * What is wrong with a text from outside, as the end of a sentence ("has a NUL character in it"). Null if nothing is
 * wrong. NUL and lone surrogates are refused everywhere: databases end a text there, or store two different texts as
 * equal ones.
 */
export function faultOfText(text: string, maxLength = MAX_TEXT_LENGTH): string | null {
  if (text.length > maxLength) return `has more than ${maxLength.toLocaleString("en")} characters`;
  if (text.includes("\0")) return "has a NUL character in it";
  return /\p{Surrogate}/u.test(text) ? "is not well-formed Unicode" : null;
}

/** Whether a text can be a user's id. This holds for tokens, keys, arguments and the command line. */
export function isUserId(text: string): boolean {
  return text.trim() !== "" && faultOfText(text) === null;
}
