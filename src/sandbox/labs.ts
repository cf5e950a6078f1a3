import { lab as fitbit } from "./fitbit/index.js";
import { lab as googleHealth } from "./google-health/index.js";
import { lab as misfit } from "./misfit/index.js";

/** Every lab that there is. Adding one is a folder and a line here; a provider may do without. */
export const labs = { fitbit, googleHealth, misfit } as const;
