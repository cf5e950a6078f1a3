import { createAsk } from "./data/ask.js";
import { createTokens } from "./data/session-token.js";
import { TodayDocument } from "./generated/operations.js";
import { rememberedSettings, unitsOf } from "./settings/settings.js";

/**
 * The page's first question, in a file of its own: it is on its way while the browser still reads the rest. What is
 * stored is enough to begin with, and no provider is waited for.
 */
const at = new URL("graphql", location.href).href;
const tokens = createTokens();
const ask = createAsk(at, tokens.current);
const { length } = unitsOf(rememberedSettings().units);
const today = ask(TodayDocument, { length }, { storedOnly: true });
// Whoever awaits it hears why it failed; until then nobody does.
today.catch(() => {});

export const first = { at, tokens, ask, today };
