import { render } from "preact";
import { App } from "./app.js";
import { takeArrival } from "./data/arrival.js";
import { createAsk } from "./data/ask.js";
import { listen } from "./data/live.js";
import { PageData } from "./data/page-data.js";
import { createTokens } from "./data/session-token.js";
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
const at = new URL("graphql", location.href).href;
const tokens = createTokens();
const data = new PageData({
  ask: createAsk(at, tokens.current),
  tokens,
  listen: (hearing) => listen(at, tokens.current, hearing),
  home: home!,
  settings: rememberedSettings(),
  arrival: takeArrival(),
});
render(
  <App data={data} explorer={explorer ?? null} hasToken={() => tokens.current() !== null} />,
  document.getElementById("app")!,
);
void data.start();
for (const change of ["online", "offline"]) addEventListener(change, () => void data.renew());
// A tab that was away, or a night that has passed: what is shown may be of yesterday.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") data.renewIfOld();
});
setInterval(() => data.renewIfOld(), 60_000);
