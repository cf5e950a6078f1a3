/** The hour that autumn gives twice, from the lab's minutes to the times that an answer writes. */
import { plainRequest, startLabGateway } from "../../test/support/lab-gateway.js";
import { offsetOf } from "../model/time.js";
import type { HeartHistory } from "./views.js";

it("says on the day that clocks change by which zone later times are written, and on no other day", async () => {
  const lab = await startLabGateway();
  try {
    await lab.connect("demo");
    const [answer] = await lab.gateway.healthData.session(plainRequest).load([
      {
        userId: "demo",
        domain: "HEART",
        range: { from: "2026-10-24", to: "2026-10-25" },
        fields: new Set(["heart.samples:FIFTEEN_MINUTES"]),
        providers: null,
        alternatives: false,
        goalProgress: false,
      },
    ]);
    const days = (answer as HeartHistory).days!;
    const series = days.map((day) => day.series.get("heart.samples:FIFTEEN_MINUTES")!);
    expect(series.map((one) => [one.zone, offsetOf(one.start!)])).toEqual([
      [undefined, 7_200],
      ["Europe/Berlin", 7_200],
    ]);
    expect(series[1]!.offsets.at(-1)).toBeGreaterThan(24 * 3_600);
  } finally {
    await lab.close();
  }
});
