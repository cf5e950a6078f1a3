/** With something that ends by itself: after a second, or later where a busy machine did not get so far in that time. */
export async function endingSoon<T>(attempt: (seconds: number) => Promise<T>): Promise<T> {
  for (const seconds of [1, 5, 25]) {
    const done = await attempt(seconds).catch(() => undefined);
    if (done !== undefined) return done;
  }
  return await attempt(125);
}
