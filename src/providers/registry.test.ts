import type { Provider } from "./index.js";
import { allows, grantedCalls, standingOf } from "./registry.js";

test("a provider that was switched off is never contacted, unless something stands in for it", () => {
  const standing = (retired: boolean, overridden: boolean, clientId: string | null) =>
    standingOf(retired ? { retired: { since: "2026-09-30", message: "It was switched off." } } : {}, {
      clientId,
      overridden,
    });
  expect(standing(true, false, "id")).toBe("RETIRED");
  expect(standing(true, false, null)).toBe("RETIRED");
  expect(standing(true, true, "id")).toBe("AVAILABLE");
  expect(standing(false, false, "id")).toBe("AVAILABLE");
  expect(standing(false, false, null)).toBe("NOT_CONFIGURED");
});

test("a call is granted by its own scope; without a known scope, or where none is enforced, the answer tells", () => {
  const provider = (scopesAreEnforced: boolean) =>
    ({
      oauth: { scopesAreEnforced },
      calls: [{ name: "a", scope: "sleep" }, { name: "b", scope: "heart" }, { name: "c" }],
    }) as unknown as Provider;
  const granted = (scopes: readonly string[], isEnforced = true) =>
    grantedCalls(provider(isEnforced), scopes)
      .map(({ name }) => name)
      .join("");
  expect(granted(["sleep"])).toBe("ac");
  expect(granted([])).toBe("abc");
  expect(granted(["sleep"], false)).toBe("abc");
  expect(allows(provider(true), ["sleep"], "heart")).toBe(false);
});
