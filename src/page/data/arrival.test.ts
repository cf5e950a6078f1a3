import { expect, test } from "@jest/globals";
import { arrivalIn, providerOfSlug } from "./arrival.js";

test("an address tells how a consent ended, and nothing that somebody made up", () => {
  expect(arrivalIn("")).toBeNull();
  expect(arrivalIn("?provider=acme&status=connected")).toEqual({ kind: "connected", slug: "acme" });
  expect(arrivalIn("?provider=acme&error=access_denied")).toEqual({
    kind: "failed",
    slug: "acme",
    code: "access_denied",
  });
  expect(arrivalIn("?provider=acme&status=awaiting-confirmation&handle=h4")).toEqual({
    kind: "to-confirm",
    slug: "acme",
    handle: "h4",
  });
  expect(arrivalIn("?provider=acme&error=<b>hi</b>")).toMatchObject({ code: "" });
  expect(arrivalIn("?provider=acme&status=awaiting-confirmation")).toBeNull();
  expect(arrivalIn("?status=won")).toBeNull();
});

test("a slug names its provider", () => {
  expect(providerOfSlug("acme-health")).toBe("ACME_HEALTH");
});
