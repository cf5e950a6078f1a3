/** What the labs share: everything about being a provider's server that is the same for all of them. */
export * from "./consent.js";
export * from "./http.js";
export * from "./limiter.js";
export * from "./pkce.js";
export * from "./server.js";
export * from "./sync.js";
export * from "./tcx.js";
export * from "./tokens.js";
export * from "./webhooks.js";
