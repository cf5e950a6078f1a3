import type { ConnectionStatus } from "../connections/connection.js";
import type { Provider } from "../providers/index.js";
import { createRetention } from "./retention.js";

const days = { ACTIVITY: 30, HEART: 7 } as const;
const providers = [
  { id: "NEW", retired: undefined },
  { id: "OLD", retired: { since: "2026-11-01", message: "It is no longer served." } },
] as unknown as readonly Provider[];

function keptOf(provider: string, status: ConnectionStatus, options: { forRetired?: boolean; own?: boolean } = {}) {
  const { forRetired = false, own = false } = options;
  const retention = createRetention({
    ...{ days, providers, isForRetired: forRetired },
    settings: () => ({ overridden: own }) as never,
  });
  return retention.of({ provider: provider as never, status });
}

test("the days of a provider that can be asked are kept for as long as is said", () => {
  expect(keptOf("NEW", "CONNECTED")).toEqual(days);
  expect(keptOf("NEW", "REAUTHORIZATION_REQUIRED")).toEqual(days);
  // An operator who runs the retired API elsewhere can fetch them again.
  expect(keptOf("OLD", "CONNECTED", { own: true })).toEqual(days);
});

test("all days stay that nobody can fetch again, unless the operator says otherwise", () => {
  expect(keptOf("OLD", "CONNECTED")).toBeNull();
  expect(keptOf("NEW", "RETIRED")).toBeNull();
  expect(keptOf("UNKNOWN", "CONNECTED")).toBeNull();
  for (const provider of ["OLD", "NEW"]) expect(keptOf(provider, "RETIRED", { forRetired: true })).toEqual(days);
});

test("without a number of days every day is kept", () => {
  const retention = createRetention({ days: null, providers, isForRetired: true, settings: () => ({}) as never });
  expect(retention.of({ provider: "NEW" as never, status: "CONNECTED" })).toBeNull();
});
