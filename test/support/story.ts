type Step = (name: string, run: () => Promise<void>) => void;

/**
 * A test of several steps that each go on where the one before ended. They are one test, because none of them means
 * anything alone or in another order. A failure names its step. `between` runs after each step.
 */
export function story(
  name: string,
  tell: (step: Step) => void,
  { timeoutMs = 240_000, between = async () => {} }: { readonly timeoutMs?: number; between?(): Promise<void> } = {},
): void {
  const steps: { readonly name: string; readonly run: () => Promise<void> }[] = [];
  tell((step, run) => void steps.push({ name: step, run }));
  test(
    name,
    async () => {
      for (const step of steps) {
        try {
          await step.run();
        } catch (error) {
          if (error instanceof Error) error.message = `${step.name}: ${error.message}`;
          throw error;
        } finally {
          await between();
        }
      }
    },
    timeoutMs,
  );
}
