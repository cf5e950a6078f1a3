/**
 * Pulsegate in a process of its own, for tests that kill it. `AHEAD_MS`: how late it believes it is, so that nobody has to
 * wait until what a dead process held has run out.
 */
const now = Date.now;
const aheadMs = Number(process.env["AHEAD_MS"] ?? 0);
Date.now = () => now() + aheadMs;
await import("../../src/main.js");
