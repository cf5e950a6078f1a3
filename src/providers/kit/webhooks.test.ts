import { UnreadableAnswer } from "../../http/json.js";
import { noticesOf } from "./webhooks.js";

test("a member that can't be read costs itself alone, and a defect of another kind is not hidden", () => {
  const read = (member: unknown) => {
    if (member === "odd") throw new UnreadableAnswer("no");
    if (member === "range") throw new RangeError("no");
    return [(member as { id: number }).id];
  };
  expect(noticesOf([{ id: 7 }, "odd", null, "range", { id: 9 }], read)).toEqual([7, 9]);
  const broken = () => {
    throw new Error("defect");
  };
  expect(() => noticesOf([1], broken)).toThrow("defect");
});
