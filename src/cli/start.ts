/** Starts the gateway and stays: what `npm start` does. */
export async function start(): Promise<void> {
  // Not before it is wanted: to load it is to start it.
  await import("../main.js");
}
