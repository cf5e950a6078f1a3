/** How long the readers of one operation wait for providers, all in all: counted from when the first is asked. */
export class Deadline {
  private endsAt: number | null = null;

  constructor(private readonly ms: number) {}

  /** Resolves with null where the work is not done by then. It goes on. */
  async race<T>(work: () => Promise<T>): Promise<T | null> {
    this.endsAt ??= performance.now() + this.ms;
    const left = this.endsAt - performance.now();
    // What has not begun by then does not begin.
    if (left <= 0) return null;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), left);
    });
    return await Promise.race([work(), late]).finally(() => clearTimeout(timer));
  }
}
