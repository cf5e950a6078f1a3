import type { SleepStage } from "./records.js";

/**
 * A stretch of sleep in one stage. A stretch with stage null is unknown, and does not replace the stretch that it
 * covers.
 */
export interface Spell {
  /** Epoch ms; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly stage: SleepStage | null;
}

/** Covers the first list with the second, joins neighbours of one stage, and sorts by time. */
export function overlaid(base: readonly Spell[], over: readonly Spell[]): (Spell & { readonly stage: SleepStage })[] {
  const cuts = [...new Set([...base, ...over].flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const laid: (Spell & { stage: SleepStage })[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [from, to] = [cuts[i]!, cuts[i + 1]!];
    const covers = (spell: Spell) => spell.from <= from && spell.to >= to;
    const stage = over.find(covers)?.stage ?? base.find(covers)?.stage ?? null;
    if (stage === null) continue;
    const last = laid.at(-1);
    if (last && last.stage === stage && last.to === from) laid[laid.length - 1] = { ...last, to };
    else laid.push({ from, to, stage });
  }
  return laid;
}
