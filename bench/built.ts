/** The production build, with the types of what it was built from: `npm run bench` builds before it measures. */
const built = async <Module>(path: string): Promise<Module> =>
  (await import(new URL(`../dist/${path}`, import.meta.url).href)) as Module;

export const config = await built<typeof import("../src/config/read-config.js")>("config/read-config.js");
export const registry = await built<typeof import("../src/providers/index.js")>("providers/index.js");
export const gateway = await built<typeof import("../src/gateway.js")>("gateway.js");
export const server = await built<typeof import("../src/server/server.js")>("server/server.js");
export const limits = await built<typeof import("../src/graphql/limits.js")>("graphql/limits.js");
export const logs = await built<typeof import("../src/log.js")>("log.js");
export const fitbitLab = await built<typeof import("../src/sandbox/fitbit/index.js")>("sandbox/fitbit/index.js");
export const labPeople = await built<typeof import("../src/sandbox/people/index.js")>("sandbox/people/index.js");
export const histories = await built<typeof import("../src/health-data/history.js")>("health-data/history.js");
export const stores = await built<typeof import("../src/store/open-store.js")>("store/open-store.js");
export const vaults = await built<typeof import("../src/connections/tokens/vault.js")>("connections/tokens/vault.js");
