const MAX_LENGTH = 64;
const UNNAMED = "unnamed";

/**
 * What an agent calls itself, fit for a log: letters, digits and what names are written with, on one line and not long.
 * Anybody may claim any name, so it is told beside the caller and proves nothing.
 */
export function agentName(claimed: unknown): string {
  if (typeof claimed !== "string") return UNNAMED;
  const clean = claimed
    .slice(0, 4 * MAX_LENGTH)
    .replace(/[^\p{L}\p{N} ._+@/()-]/gu, " ")
    .replace(/ +/g, " ")
    .trim();
  return [...clean].slice(0, MAX_LENGTH).join("").trim() || UNNAMED;
}
