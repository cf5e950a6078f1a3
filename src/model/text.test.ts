import { faultOfText, isUserId } from "./text.js";

test("a text is at most as long as its place allows, well-formed, and without NUL", () => {
  expect(faultOfText("x".repeat(256))).toBeNull();
  expect(faultOfText("x".repeat(257))).toBe("has more than 256 characters");
  expect(faultOfText("x".repeat(3_000), 3_000)).toBeNull();
  expect(faultOfText("x".repeat(3_001), 3_000)).toBe("has more than 3,000 characters");
  expect(faultOfText("a\0b")).toBe("has a NUL character in it");
  for (const half of ["\ud800", "a\udc00", "\udc00\ud800"])
    expect(faultOfText(half)).toBe("is not well-formed Unicode");
  for (const fine of ["", "Ada ⌚ 💤", "a\nb"]) expect(faultOfText(fine)).toBeNull();
});

test("a user's id is such a text, and not blank", () => {
  for (const id of ["ada", "auth0|7", "💤", "x".repeat(256)]) expect([id, isUserId(id)]).toEqual([id, true]);
  for (const id of ["", "  ", "a\0", "\ud800", "x".repeat(257)]) expect([id, isUserId(id)]).toEqual([id, false]);
});
