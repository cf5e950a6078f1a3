import { opening } from "./home.js";

/** A start waits no longer: it spares the first visitor time, and nobody needs it. */
const LONGEST_MS = 3_000;

/**
 * Looks at the page as its first visitor will, up to today's figures. What the process does for the first time is done
 * then: code is compiled, documents are validated, providers are asked. Never throws.
 */
export async function rehearse(url: string, longestMs = LONGEST_MS): Promise<void> {
  const signal = AbortSignal.timeout(longestMs);
  const visit = async (path: string, options: RequestInit = {}) => {
    const response = await fetch(new URL(path, url), { ...options, signal });
    await response.arrayBuffer();
  };
  try {
    const seen = await opening();
    if (seen === null) return;
    await Promise.all(seen.paths.map((path) => visit(path)));
    const [body, headers] = [JSON.stringify(seen.question), { "content-type": "application/json" }];
    // As the page does: what is stored, and then what the providers say.
    const stored = { ...headers, "cache-control": "only-if-cached" };
    for (const each of [stored, headers, stored]) await visit("/graphql", { method: "POST", body, headers: each });
  } catch {
    // The visitor waits a little longer.
  }
}
