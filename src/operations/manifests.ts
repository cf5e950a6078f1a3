import { z } from "zod";

/** An operation of a manifest: what a client sends instead of the text, and the text. */
export interface Listed {
  readonly id: string;
  readonly text: string;
}

const apollo = z.object({
  format: z.literal("apollo-persisted-query-manifest"),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
});
/** As Relay's compiler and GraphQL Code Generator's client preset write them: texts by their ids. */
const texts = z.record(z.string().min(1), z.string().min(1));

/**
 * Reads a manifest of persisted operations: Apollo's, Relay's, GraphQL Code Generator's, or what `pulsegate operations
 * --manifest` prints, which is Apollo's form. Null if the text is none of them.
 */
export function listedIn(text: string): readonly Listed[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const manifest = apollo.safeParse(value);
  if (manifest.success) return manifest.data.operations.map(({ id, body }) => ({ id, text: body }));
  const map = texts.safeParse(value);
  if (!map.success) return null;
  const listed = Object.entries(map.data).map(([id, body]) => ({ id, text: body }));
  // Other files of JSON are beside documents too.
  return listed.length > 0 && listed.every((one) => /^\s*(query|mutation|subscription|fragment|\{)/.test(one.text))
    ? listed
    : null;
}
