import { fitbit } from "./fitbit/index.js";
import { googleHealth } from "./google-health/index.js";
import { misfit } from "./misfit/index.js";
import { oura } from "./oura/index.js";
import { polar } from "./polar/index.js";
import type { Provider as Declared } from "./provider.js";
import { whoop } from "./whoop/index.js";
import { withings } from "./withings/index.js";

/** Every provider that the gateway knows, the preferred one first. To add one, add a folder and a line here. */
const registered = [googleHealth, fitbit, misfit, oura, polar, whoop, withings] as const;

/** A provider's id in the API. */
export type ProviderId = (typeof registered)[number]["id"];
export type Provider = Declared<ProviderId, ProviderId>;
export const providers: readonly Provider[] = registered;
