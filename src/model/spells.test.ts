import fc from "fast-check";
import { sleepStages } from "./records.js";
import { overlaid, type Spell } from "./spells.js";

/** Spells one after another, with gaps, none over another. */
const night = fc
  .array(
    fc.record({ gap: fc.nat(3), length: fc.integer({ min: 1, max: 9 }), stage: fc.constantFrom(...sleepStages, null) }),
  )
  .map((parts) => {
    let end = 0;
    return parts.map(({ gap, length, stage }): Spell => {
      const from = end + gap;
      end = from + length;
      return { from, to: end, stage };
    });
  });
const at = (spells: readonly Spell[], moment: number) =>
  spells.find(({ from, to }) => from <= moment && moment < to)?.stage ?? null;

test("at every moment the upper layer counts, and the lower where that says nothing", () => {
  fc.assert(
    fc.property(night, night, (base, over) => {
      const laid = overlaid(base, over);
      const end = Math.max(0, ...[...base, ...over].map(({ to }) => to));
      for (let moment = 0; moment <= end; moment++) {
        expect(at(laid, moment)).toBe(at(over, moment) ?? at(base, moment));
      }
    }),
  );
});

test("what is laid is in order, and no longer than it has to be", () => {
  fc.assert(
    fc.property(night, night, (base, over) => {
      overlaid(base, over).forEach(({ from, stage }, index, laid) => {
        const before = laid[index - 1];
        if (!before) return;
        expect(before.to).toBeLessThanOrEqual(from);
        if (before.to === from) expect(before.stage).not.toBe(stage);
      });
    }),
  );
});
