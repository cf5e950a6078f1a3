import { createPace } from "./pace.js";

/** A hundred points a second, two hundred at once. */
function paced() {
  const clock = { ms: 1_000 };
  const waits: number[] = [];
  const pace = createPace({
    perMinute: 6_000,
    burst: 200,
    now: () => clock.ms,
    wait: async (ms) => void waits.push(ms),
  });
  return { clock, waits, pace };
}

test("a burst passes at once; what goes beyond waits as long as the pace asks, one after the other", async () => {
  const { waits, pace } = paced();
  await pace.enter("ann", 150);
  await pace.enter("ann", 50);
  // Two hundred are taken: the next may just still begin.
  await pace.enter("ann", 30);
  expect(waits).toEqual([]);
  await pace.enter("ann", 70);
  await pace.enter("ann", 1);
  expect(waits).toEqual([300, 1_000]);
});

test("each caller has a pace of their own, and a rest makes up for what was taken", async () => {
  const { clock, waits, pace } = paced();
  await pace.enter("ann", 400);
  await pace.enter("bob", 1);
  expect(waits).toEqual([]);
  clock.ms += 1_500;
  await pace.enter("ann", 1);
  expect(waits).toEqual([500]);
  // Longer rests save up no more than one burst.
  clock.ms += 3_600_000;
  await pace.enter("ann", 300);
  await pace.enter("ann", 1);
  expect(waits).toEqual([500, 1_000]);
});

test("who would wait more than five seconds is refused, and nothing is counted for it", async () => {
  const { clock, waits, pace } = paced();
  await pace.enter("ann", 701);
  for (let each = 0; each < 3; each++)
    await expect(pace.enter("ann", 100)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      details: { retryAfterSeconds: 6 },
    });
  clock.ms += 10;
  await pace.enter("ann", 100);
  expect(waits).toEqual([5_000]);
});
