import { render } from "preact";
import { App } from "./app.js";
import { takeArrival } from "./data/arrival.js";
import { listen } from "./data/live.js";
import { PageData } from "./data/page-data.js";
import { painted } from "./data/painted.js";
import { first } from "./first.js";
import { rememberedSettings } from "./settings/settings.js";

/**
 * The page for people, in their browser: a program of its own. It imports nothing of the server, and the server nothing
 * of it; between them are the API and `src/server/home.ts`, which serves what `scripts/build-page.mjs` made of this.
 *
 * `charts/` draws what it is given: pure components with typed properties, exported from `charts/index.ts`. They ask
 * nobody and remember nothing. Their figures, words, units and clock come from the sections, which know the API
 * (`data/`), the person's settings (`settings/`) and the strings (`strings/`). Colours are the custom properties of
 * `styles/tokens.css`, for both.
 */
const { home, explorer } = document.body.dataset;
const { at, tokens, ask, today } = first;
const data = new PageData({
  ...{ ask, tokens, first: today, painted },
  listen: (hearing) => listen(at, tokens.current, hearing),
  home: home!,
  settings: rememberedSettings(),
  arrival: takeArrival(),
});
void data.start();
// An answer that is here by now is drawn at once, with no skeleton before it.
await new Promise((resolve) => setTimeout(resolve));
render(
  <App data={data} explorer={explorer ?? null} hasToken={() => tokens.current() !== null} />,
  document.getElementById("app")!,
);
for (const change of ["online", "offline"]) addEventListener(change, () => void data.renew());
// A tab that was away, or a night that has passed: what is shown may be of yesterday.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") data.renewIfOld();
});
setInterval(() => data.renewIfOld(), 60_000);
