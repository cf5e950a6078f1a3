import { render } from "preact";
import { App } from "./app.js";

/**
 * The page for people, in their browser: a program of its own. It imports nothing of the server, and the server nothing
 * of it; between them are the API and `src/server/home.ts`, which serves what `scripts/build-page.mjs` made of this.
 *
 * `charts/` draws what it is given: pure components with typed properties, exported from `charts/index.ts`. They ask
 * nobody and remember nothing. Their figures, words, units and clock come from the sections, which know the API
 * (`data/`), the person's settings (`settings/`) and the strings (`strings/`). Colours are the custom properties of
 * `styles/tokens.css`, for both.
 */
render(<App />, document.getElementById("app")!);
