import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { strings } from "../../src/page/strings/strings.js";

test("every text is said somewhere", () => {
  const root = join(import.meta.dirname, "../../src/page");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.tsx?$/.test(file) && !/strings\.(test\.)?ts$|generated/.test(file),
  );
  const code = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
  // Those that are named by what the API or a maker calls them.
  const said = (key: string) => /^(kind|level)[A-Z]/.test(key) || new RegExp(`"${key}"`).test(code);
  expect(Object.keys(strings).filter((key) => !said(key))).toEqual([]);
});
