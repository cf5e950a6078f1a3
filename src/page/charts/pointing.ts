import type { Span } from "./scale.js";

/** Where a key leads. Undefined for a key that is none of a slider's. */
export function moved(key: string, at: number | null, last: number, leap: number): number | null | undefined {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageDown: -leap, PageUp: leap };
  if (key === "Escape") return null;
  if (key === "Home") return 0;
  if (key === "End") return last;
  const step = steps[key];
  if (step === undefined) return undefined;
  // From rest, the first step shows the newest.
  return at === null ? last : Math.max(0, Math.min(last, at + step));
}

/** The place at a position, or the one closest to it. */
export function nearest(spans: readonly Span[], x: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  spans.forEach(([from, to], k) => {
    const outside = Math.max(from - x, x - to, 0);
    // Where places overlap, the one whose middle is closer.
    const distance = outside + Math.abs((from + to) / 2 - x) / 1e4;
    if (distance < least) {
      least = distance;
      best = k;
    }
  });
  return best;
}
