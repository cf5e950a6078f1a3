/**
 * What the page knows of makers beyond the API: when two of them switched a service off, and where its days go on. A
 * provider that is not here is told of by the API's words alone.
 */
interface Fact {
  /** The day, or the year where no more is known. */
  readonly switchedOff: string;
  /** The provider under which the same person's days go on. */
  readonly successor?: string;
}

const facts: Readonly<Record<string, Fact>> = {
  FITBIT: { switchedOff: "2026-11-02", successor: "GOOGLE_HEALTH" },
  MISFIT: { switchedOff: "2023" },
};

export const factOf = (provider: string): Fact | undefined => facts[provider];
