import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The build of a package that holds nothing but what each promise is about. */
const root = join(import.meta.dirname, "..");
let folder: string;
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const build = () => execFileSync(process.execPath, [join(folder, "scripts/build.mjs")], { cwd: folder, stdio: "pipe" });
const built = (file: string) => existsSync(join(folder, "dist", file));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pulsegate-build-"));
  for (const each of ["scripts", "src/model/_example"]) mkdirSync(join(folder, each), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  write("scripts/build.mjs", readFileSync(join(root, "scripts/build.mjs"), "utf8"));
  write("src/main.ts", 'import { day } from "./model/day.js";\nexport const main: string = day;\n');
  write("src/model/day.ts", 'export const day = "2026-11-02" as const;\n');
  write("src/model/day.test.ts", "");
  write("src/model/_example/index.ts", "");
});
afterEach(() => rmSync(folder, { recursive: true }));

it("is what Node runs, without tests and templates", async () => {
  build();
  const stdout = execFileSync(
    process.execPath,
    ["--input-type=module", "-e", 'import { main } from "./dist/main.js"; console.log(main)'],
    { cwd: folder, encoding: "utf8" },
  );
  expect(stdout).toBe("2026-11-02\n");
  expect([built("model/day.test.js"), built("model/_example/index.js")]).toEqual([false, false]);
});

it("translates again what changed, and what is missing, and nothing else", () => {
  build();
  const at = (file: string) => statSync(join(folder, "dist", file)).mtimeMs;
  const before = at("main.js");
  write("src/model/day.ts", 'export const day = "2026-11-03";\n');
  rmSync(join(folder, "dist/model/day.js"));
  build();
  expect(readFileSync(join(folder, "dist/model/day.js"), "utf8")).toContain("2026-11-03");
  expect(at("main.js")).toBe(before);
});

it("leaves nothing of a file that is gone, nor of a build of another kind", () => {
  build();
  rmSync(join(folder, "src/model/day.ts"));
  build();
  expect(built("model/day.js")).toBe(false);
  rmSync(join(folder, "dist/.build.json"));
  write("dist/left-over.js", "");
  build();
  expect([built("left-over.js"), built("main.js")]).toEqual([false, true]);
});

it("fails on what is no TypeScript, and says where", () => {
  write("src/main.ts", "export const = 1;\n");
  expect(() => build()).toThrow(/main\.ts/);
});
