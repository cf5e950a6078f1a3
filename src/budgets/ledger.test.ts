import type { Connection } from "../connections/connection.js";
import type { Provider } from "../providers/index.js";
import type { Budget, BudgetState } from "../providers/provider.js";
import { createLedger } from "./ledger.js";

const start = Date.parse("2026-11-29T09:30:00Z");
const minute = 60_000;
const hour = 60 * minute;

const ofPerson: Budget = { scope: "CONNECTION", windowSeconds: 3600, limit: 150, window: "clock" };
const minutely: Budget = { scope: "APP", windowSeconds: 60, limit: 100, window: "first" };
const daily: Budget = { scope: "APP", windowSeconds: 86_400, limit: 10_000, window: "first" };

const provider = (...budgets: Budget[]) => ({ id: "FITBIT", budgets }) as unknown as Provider;
const connection = (id: string, budgets: readonly BudgetState[] = []) => ({ id, budgets }) as unknown as Connection;
const ada = connection("ada");
const bob = connection("bob");

function bench() {
  const clock = { time: start, now: () => clock.time };
  return { clock, ledger: createLedger(clock) };
}

const told = (remaining: number, resetsAt = start + 20 * minute, of: Budget = ofPerson): BudgetState => ({
  scope: of.scope,
  windowSeconds: of.windowSeconds,
  limit: of.limit,
  remaining,
  resetsAt,
});

describe("what is left of a budget", () => {
  it("is all of it before the first request, until the hour is full or a whole window from now", () => {
    const { ledger } = bench();
    expect(ledger.budgets(provider(ofPerson, minutely), ada)).toEqual([
      { scope: "CONNECTION", windowSeconds: 3600, limit: 150, remaining: 150, resetsAt: start + 30 * minute },
      { scope: "APP", windowSeconds: 60, limit: 100, remaining: 100, resetsAt: start + minute },
    ]);
  });

  it("is counted where the provider says nothing, never below nothing", () => {
    const { ledger } = bench();
    const two = provider({ ...ofPerson, limit: 2 });
    const left = () => ledger.budgets(two, ada)[0]!.remaining;
    const seen = [left()];
    for (let sent = 0; sent < 3; sent++) {
      ledger.spent(two, ada, undefined);
      seen.push(left());
    }
    expect(seen).toEqual([2, 1, 0, 0]);
  });

  it("of a window that begins with the first request ends a window after that one", () => {
    const { ledger, clock } = bench();
    const one = provider(minutely);
    ledger.spent(one, ada, undefined);
    clock.time += 59_999;
    ledger.spent(one, ada, undefined);
    expect(ledger.budgets(one, ada)).toEqual([told(98, start + minute, minutely)]);
    clock.time += 1;
    expect(ledger.budgets(one, ada)).toEqual([told(100, start + 2 * minute, minutely)]);
  });

  it("is what the provider said, until the window's last millisecond", () => {
    const { ledger, clock } = bench();
    const one = provider(ofPerson);
    ledger.spent(one, ada, [told(41)]);
    clock.time = start + 20 * minute - 1;
    expect(ledger.budgets(one, ada)).toEqual([told(41)]);
    clock.time += 1;
    expect(ledger.budgets(one, ada)).toEqual([told(150, start + 30 * minute)]);
  });

  it("is counted on from what the provider said where an answer says nothing", () => {
    const { ledger } = bench();
    ledger.spent(provider(ofPerson), ada, [told(41)]);
    ledger.spent(provider(ofPerson), ada, undefined);
    expect(ledger.budgets(provider(ofPerson), ada)).toEqual([told(40)]);
  });

  it("is the provider's word and not our count where the two differ, whichever is higher", () => {
    for (const remaining of [3, 149]) {
      const { ledger } = bench();
      ledger.spent(provider(ofPerson), ada, undefined);
      ledger.spent(provider(ofPerson), ada, undefined);
      ledger.spent(provider(ofPerson), ada, [told(remaining)]);
      expect(ledger.budgets(provider(ofPerson), ada)).toEqual([told(remaining)]);
    }
  });

  it("is taken from the connection after a restart, but for a window that is over or longer than itself", () => {
    const { ledger } = bench();
    const left = (resetsAt: number) => ledger.budgets(provider(ofPerson), connection("cleo", [told(7, resetsAt)]))[0];
    expect(left(start + 1)).toEqual(told(7, start + 1));
    expect(left(start + hour)).toEqual(told(7, start + hour));
    expect(left(start)).toMatchObject({ remaining: 150 });
    expect(left(start + hour + 1)).toMatchObject({ remaining: 150 });
    expect(left(Date.parse("2083-01-01T00:00:00Z"))).toEqual(told(150, start + 30 * minute));
  });

  it("is known for each budget by its scope and window", () => {
    const { ledger } = bench();
    const three = provider(ofPerson, minutely, daily);
    ledger.spent(three, ada, [told(31, start + 9000, minutely), told(777, start + 5 * hour, daily), told(62)]);
    expect(ledger.budgets(three, ada)).toEqual([
      told(62),
      told(31, start + 9000, minutely),
      told(777, start + 5 * hour, daily),
    ]);
  });

  it("is what another process told of it, for no longer than a window by this one's clock", () => {
    const { ledger } = bench();
    const one = provider(minutely);
    ledger.learn(one, ada, minutely, { reading: told(17, start + minute + 800, minutely), source: "told" });
    expect(ledger.budgets(one, ada)).toEqual([told(17, start + minute, minutely)]);
  });

  it("of one provider is not that of another", () => {
    const { ledger } = bench();
    ledger.spent(provider(minutely), ada, [told(4, start + 9000, minutely)]);
    const other = { ...provider(minutely), id: "MISFIT" } as unknown as Provider;
    expect(ledger.budgets(other, ada)).toEqual([told(100, start + minute, minutely)]);
  });

  it("is each person's own, and an app's is everybody's", () => {
    const { ledger } = bench();
    const both = provider(ofPerson, minutely);
    ledger.spent(both, ada, [told(12), told(30, start + 9000, minutely)]);
    ledger.spent(both, bob, undefined);
    expect(ledger.budgets(both, ada).map(({ remaining }) => remaining)).toEqual([12, 29]);
    expect(ledger.budgets(both, bob).map(({ remaining }) => remaining)).toEqual([149, 29]);
  });
});

describe("answers that overtake one another", () => {
  const one = provider(ofPerson);

  it("leave the lowest remainder of one window, whose end is told in whole seconds", () => {
    for (const resetsAt of [start + 20 * minute - 1000, start + 20 * minute, start + 20 * minute + 1000]) {
      const { ledger } = bench();
      ledger.spent(one, ada, [told(41)]);
      ledger.spent(one, ada, [told(43, resetsAt)]);
      expect(ledger.budgets(one, ada)).toEqual([told(41, resetsAt)]);
      ledger.spent(one, ada, [told(39, resetsAt)]);
      expect(ledger.budgets(one, ada)[0]!.remaining).toBe(39);
    }
  });

  it("of a window that ends later are of a new one", () => {
    const { ledger } = bench();
    ledger.spent(one, ada, [told(41)]);
    ledger.spent(one, ada, [told(148, start + 20 * minute + 1001)]);
    expect(ledger.budgets(one, ada)).toEqual([told(148, start + 20 * minute + 1001)]);
  });

  it("of the window before do not spoil the new one, and count in it", () => {
    const { ledger, clock } = bench();
    ledger.spent(one, ada, [told(2, start + minute)]);
    clock.time = start + minute;
    ledger.spent(one, ada, [told(149, start + 31 * minute)]);
    ledger.spent(one, ada, [told(1, start + minute)]);
    expect(ledger.budgets(one, ada)).toEqual([told(148, start + 31 * minute)]);
  });

  it("do not open what is closed", () => {
    const { ledger, clock } = bench();
    ledger.spent(one, ada, undefined);
    ledger.refused(one, ada, start + 7000);
    ledger.spent(one, ada, [told(5, start + 20 * minute)]);
    ledger.spent(one, ada, [told(6, start + 3000)]);
    expect(ledger.closedUntil(one, ada)).toBe(start + 7000);
    clock.time = start + 7000;
    expect(ledger.closedUntil(one, ada)).toBeNull();
  });

  it("open what only our own count had closed", () => {
    const { ledger } = bench();
    const small = provider({ ...ofPerson, limit: 1 });
    ledger.spent(small, ada, undefined);
    expect(ledger.closedUntil(small, ada)).toBe(start + 30 * minute);
    ledger.spent(small, ada, [told(9)]);
    expect(ledger.closedUntil(small, ada)).toBeNull();
  });
});

describe("a budget", () => {
  it("is closed at its last request, and with a reserve at that share of its limit", () => {
    const closedAt = (remaining: number, reserve?: number) => {
      const { ledger } = bench();
      ledger.spent(provider(ofPerson), ada, [told(remaining)]);
      return ledger.closedUntil(provider(ofPerson), ada, reserve);
    };
    expect([closedAt(1), closedAt(0)]).toEqual([null, start + 20 * minute]);
    expect([closedAt(51, 1 / 3), closedAt(50, 1 / 3)]).toEqual([null, start + 20 * minute]);
  });

  it("counts what is under way, until it has ended", () => {
    const { ledger } = bench();
    const one = provider(ofPerson);
    ledger.spent(one, ada, [told(2)]);
    const first = ledger.begin(one, ada);
    expect(ledger.closedUntil(one, ada)).toBeNull();
    const second = ledger.begin(one, ada);
    expect(ledger.closedUntil(one, ada)).toBe(start + 20 * minute);
    expect(ledger.closedUntil(one, bob)).toBeNull();
    first();
    expect(ledger.closedUntil(one, ada)).toBeNull();
    second();
    ledger.begin(one, ada);
    expect(ledger.closedUntil(one, ada)).toBeNull();
  });

  it("of the app counts what is under way for anybody", () => {
    const { ledger } = bench();
    const one = provider({ ...minutely, limit: 1 });
    const ended = ledger.begin(one, ada);
    expect(ledger.closedUntil(one, bob)).toBe(start + minute);
    ended();
    expect(ledger.closedUntil(one, bob)).toBeNull();
  });

  it("that is closed with another one stays so until the later of the two ends", () => {
    const { ledger } = bench();
    const both = provider(minutely, daily);
    ledger.spent(both, ada, [told(0, start + 5000, minutely), told(0, start + 3 * hour, daily)]);
    expect(ledger.closedUntil(both, ada)).toBe(start + 3 * hour);
    expect(ledger.closedUntil(provider(), ada)).toBeNull();
  });
});

describe("a refusal", () => {
  const both = provider(ofPerson, minutely);

  it("of one person shuts out nobody else", () => {
    const { ledger, clock } = bench();
    ledger.refused(both, ada, start + 4 * minute);
    expect(ledger.closedUntil(both, ada)).toBe(start + 4 * minute);
    expect(ledger.closedUntil(both, bob)).toBeNull();
    expect(ledger.budgets(both, ada)[1]!.remaining).toBe(100);
    clock.time = start + 4 * minute - 1;
    expect(ledger.closedUntil(both, ada)).toBe(start + 4 * minute);
    clock.time += 1;
    expect(ledger.closedUntil(both, ada)).toBeNull();
  });

  it("that the app's shorter budget could ask for too is still the person's own", () => {
    const { ledger } = bench();
    ledger.refused(both, ada, start + 30_000);
    expect([ledger.closedUntil(both, ada), ledger.closedUntil(both, bob)]).toEqual([start + 30_000, null]);
  });

  it("where the app's budget is at its end shuts out everybody, and leaves each person's own alone", () => {
    const { ledger } = bench();
    ledger.spent(both, ada, [told(80), told(0, start + 9000, minutely)]);
    ledger.refused(both, ada, start + 40_000);
    expect(ledger.closedUntil(both, bob)).toBe(start + 40_000);
    expect(ledger.budgets(both, ada)[0]).toEqual(told(80));
  });

  it("of a provider that has budgets of the app alone closes the one that can ask for such a wait", () => {
    const until = (retryAt: number) => {
      const { ledger } = bench();
      const app = provider(daily, minutely);
      ledger.refused(app, ada, retryAt);
      return [ledger.closedUntil(app, bob), ...ledger.budgets(app, bob).map(({ remaining }) => remaining)];
    };
    expect(until(start + minute)).toEqual([start + minute, 10_000, 0]);
    expect(until(start + minute + 1)).toEqual([start + minute + 1, 0, 100]);
    expect(until(start + 48 * hour)).toEqual([start + 24 * hour, 0, 100]);
  });

  it("for longer than the window that is used up is another budget's", () => {
    const { ledger } = bench();
    const app = provider(minutely, daily);
    ledger.spent(app, ada, [told(0, start + 9000, minutely), told(9000, start + 20 * hour, daily)]);
    ledger.refused(app, ada, start + 5 * hour);
    expect(ledger.closedUntil(app, ada)).toBe(start + 5 * hour);
    expect(ledger.budgets(app, ada)[0]).toEqual(told(0, start + 9000, minutely));
  });

  it("for longer than any window closes the one that is used up, and no other", () => {
    const { ledger } = bench();
    const app = provider(minutely, daily);
    ledger.spent(app, ada, [told(0, start + 9000, minutely), told(9000, start + 20 * hour, daily)]);
    ledger.refused(app, ada, start + 48 * hour);
    expect(ledger.closedUntil(app, ada)).toBe(start + minute);
    expect(ledger.budgets(app, ada)[1]).toEqual(told(9000, start + 20 * hour, daily));
  });

  it("closes no budget for longer than its window", () => {
    const { ledger } = bench();
    ledger.refused(provider(ofPerson), ada, Date.parse("2083-01-01T00:00:00Z"));
    expect(ledger.closedUntil(provider(ofPerson), ada)).toBe(start + hour);
    ledger.spent(both, bob, [told(100), told(0, start + 9000, minutely)]);
    ledger.refused(provider(minutely), bob, start + 5 * hour);
    expect(ledger.closedUntil(provider(minutely), bob)).toBe(start + minute);
  });

  it("that is over already closes for a moment, and none opens a used-up budget before its time", () => {
    const { ledger } = bench();
    ledger.refused(provider(ofPerson), ada, start - 5000);
    expect(ledger.closedUntil(provider(ofPerson), ada)).toBe(start + 1);
    ledger.spent(provider(ofPerson), bob, [told(0)]);
    ledger.refused(provider(ofPerson), bob, start + 7000);
    expect(ledger.closedUntil(provider(ofPerson), bob)).toBe(start + 20 * minute);
  });

  it("after our own count came to its end goes by what the provider says", () => {
    const { ledger } = bench();
    const small = provider({ ...ofPerson, limit: 1 });
    ledger.spent(small, ada, undefined);
    ledger.refused(small, ada, start + 7000);
    expect(ledger.closedUntil(small, ada)).toBe(start + 7000);
  });
});
