import { lab as fitbit } from "./fitbit/index.js";
import { lab as googleHealth } from "./google-health/index.js";
import { lab as misfit } from "./misfit/index.js";
import { lab as oura } from "./oura/index.js";
import { lab as polar } from "./polar/index.js";
import { lab as whoop } from "./whoop/index.js";
import { lab as withings } from "./withings/index.js";

/** Every lab. To add one, add a folder and a line here. A provider may have no lab. */
export const labs = { fitbit, googleHealth, misfit, oura, polar, whoop, withings } as const;
