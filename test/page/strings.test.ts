import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { strings } from "../../src/page/strings/strings.js";

test("every text is said somewhere", () => {
  const root = join(import.meta.dirname, "../../src/page");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.tsx?$/.test(file) && !/strings\.(test\.)?ts$|generated/.test(file),
  );
  const code = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
  const said = (key: string) => key.startsWith("kind") || new RegExp(`"${key}"`).test(code);
  expect(Object.keys(strings).filter((key) => !said(key))).toEqual([]);
});
