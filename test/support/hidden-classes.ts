import { setFlagsFromString } from "node:v8";

setFlagsFromString("--allow-natives-syntax");
/** Whether V8 gave both objects one hidden class. */
export const haveSameClass = new Function("a", "b", "return %HaveSameMap(a, b)") as (a: object, b: object) => boolean;
setFlagsFromString("--no-allow-natives-syntax");

/** One object of each hidden class among these. */
export function classesOf(objects: readonly object[]): readonly object[] {
  const distinct: object[] = [];
  for (const each of objects) if (!distinct.some((other) => haveSameClass(each, other))) distinct.push(each);
  return distinct;
}
