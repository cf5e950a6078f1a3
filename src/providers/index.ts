import { fitbit } from "./fitbit/index.js";
import { googleHealth } from "./google-health/index.js";
import { misfit } from "./misfit/index.js";
import type { Provider } from "./provider.js";

/** Every provider that the gateway knows, the preferred one first. Adding one is a folder and a line here. */
export const providers: readonly Provider[] = [googleHealth, fitbit, misfit];
