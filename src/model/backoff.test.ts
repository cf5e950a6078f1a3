import fc from "fast-check";
import { backoffMs, jittered } from "./backoff.js";

const bounds = { firstMs: 50, longestMs: 1_000 };

it("doubles from the first wait to the longest", () => {
  expect([0, 1, 2, 3, 5, 6, 7, 2_000].map((failures) => backoffMs(bounds, failures))).toEqual([
    50, 50, 100, 200, 800, 1_000, 1_000, 1_000,
  ]);
});

it("takes between a half and the whole of a wait", () => {
  expect([0, 0.5, 1].map((chance) => jittered(800, () => chance))).toEqual([400, 600, 800]);
  fc.assert(
    fc.property(fc.nat(100_000), (ms) => {
      const wait = jittered(ms);
      return wait >= ms / 2 && wait <= ms;
    }),
  );
});
