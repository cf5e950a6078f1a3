/** Starts the gateway and keeps running: what `npm start` does. */
export async function start(): Promise<void> {
  // Loaded only here: loading it starts the gateway.
  await import("../main.js");
}
