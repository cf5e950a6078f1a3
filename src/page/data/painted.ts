/** A window that nobody sees is not painted, and a slow one is not waited for any longer. */
const LONGEST_MS = 200;

/** Resolves once what is drawn now is on the screen. */
export async function painted(): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, LONGEST_MS);
    // What follows a frame's own work comes after the frame.
    requestAnimationFrame(() => setTimeout(resolve));
  });
}
