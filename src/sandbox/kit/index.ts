/** What the labs share: the parts of a provider's server that are equal for all of them. */
export * from "./consent.js";
export * from "./http.js";
export * from "./limiter.js";
export * from "./pkce.js";
export * from "./server.js";
export * from "./sync.js";
export * from "./tcx.js";
export * from "./tokens.js";
export * from "./webhooks.js";
