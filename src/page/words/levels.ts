import type { Page } from "../parts/page.js";
import { strings } from "../strings/strings.js";

/** A maker's level in the person's language. One that is not known here is at least no code: `VERY_HIGH` is "Very high". */
export function levelWords({ say }: Pick<Page, "say">, level: string | null): string {
  if (level === null) return "–";
  const key = `level${level.toUpperCase()}` as "levelSOLID";
  if (Object.hasOwn(strings, key)) return say(key);
  const words = level.toLowerCase().replaceAll(/[_-]+/g, " ").trim();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
