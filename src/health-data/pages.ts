import { hash } from "node:crypto";
import { UnreadableAnswer } from "../http/json.js";
import type { ApiRequest, Call, ReadPage } from "../providers/provider.js";
import { hasData } from "./whole.js";

/** More pages than any honest answer has: better to fail loudly than to loop. */
const MAX_PAGES = 200;
/** Providers do send an empty page before one with data, but not so many. */
const MAX_PAGES_WITHOUT_NEWS = 20;

/**
 * Sees to it that reading page by page comes to an end. A page that was asked for before, as a cursor that leads to
 * itself or in a circle asks, would be asked for for ever; so would pages that never bring anything new.
 */
export function watchPages({ name }: Call): { ask(request: ApiRequest): void; hear(reading: ReadPage): void } {
  const asked = new Set<string>();
  const heard = new Set<string>();
  let withoutNews = 0;
  return {
    ask(request) {
      const key = identityOf(request);
      if (asked.has(key)) throw new UnreadableAnswer(`${name} leads to a page that was read before`);
      if (asked.size === MAX_PAGES) throw new UnreadableAnswer(`${name} has more than ${MAX_PAGES} pages`);
      asked.add(key);
    },
    hear({ cells, skipped }) {
      if (!cells.some(hasData) && !skipped?.length) {
        withoutNews++;
        if (withoutNews === MAX_PAGES_WITHOUT_NEWS)
          throw new UnreadableAnswer(`${name} has ${MAX_PAGES_WITHOUT_NEWS} pages in a row without anything`);
        return;
      }
      withoutNews = 0;
      const content = hash("sha256", JSON.stringify([cells, skipped]), "base64");
      if (heard.has(content)) throw new UnreadableAnswer(`${name} has the same page twice`);
      heard.add(content);
    },
  };
}

/** Equal for requests that ask for the same, in whatever order and place their parameters are written. */
function identityOf({ method, base, path, query, json, form }: ApiRequest): string {
  const [bare = "", written] = path.split("?", 2);
  const parameters = [...new URLSearchParams(written), ...Object.entries(query ?? {}).map(([k, v]) => [k, String(v)])];
  return JSON.stringify([method, base, bare, parameters.map((each) => each.join("=")).sort(), json, form]);
}
