/** Becomes a notice for the operator: without a subscription everything works, with a delay. */
export class Unsubscribable extends Error {
  override readonly name = "Unsubscribable";
}

/** What the work brings, or the notice that it ended with. Any other error is thrown on. */
export async function orNotice<T>(work: () => Promise<T>): Promise<T | { readonly notices: readonly string[] }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unsubscribable) return { notices: [error.message] };
    throw error;
  }
}
