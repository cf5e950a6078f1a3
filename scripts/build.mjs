import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform, version } from "@swc/core";

/**
 * Translates the source into dist, file by file and only what changed since the last build. It checks no types: that is
 * what `npm run check` is for, and a start does not wait for it.
 */
const root = fileURLToPath(new URL("../", import.meta.url));
const [from, to] = [join(root, "src"), join(root, "dist")];
/** What each file was made of, by its path: another compiler or other options make everything anew. */
const record = join(to, ".build.json");
const options = {
  sourceMaps: false,
  jsc: {
    parser: { syntax: "typescript", decorators: true },
    transform: { legacyDecorator: true, useDefineForClassFields: true },
    target: "es2022",
  },
  module: { type: "es6" },
};
const hash = (...parts) => parts.reduce((sum, part) => sum.update(part), createHash("sha256")).digest("base64url");
const maker = hash(version, JSON.stringify(options));
const output = (file) => join(to, file.replace(/\.ts$/, ".js"));

const before = await readFile(record, "utf8").then(JSON.parse, () => null);
// A build of another kind, or half of one: what is left of it could be loaded by mistake.
if (before === null) await rm(to, { recursive: true, force: true });
const isThere = (path) =>
  access(path).then(
    () => true,
    () => false,
  );
const listed = await readdir(from, { recursive: true });
const files = listed.filter(
  (file) =>
    /(?<!\.test)\.ts$/.test(file) &&
    !file.split("/").includes("_example") &&
    // Bundled for browsers by build-page.mjs.
    !file.startsWith("page/"),
);

const made = {};
await Promise.all(
  files.map(async (file) => {
    const source = await readFile(join(from, file), "utf8");
    made[file] = hash(maker, source);
    if (made[file] === before?.[file] && (await isThere(output(file)))) return;
    const { code } = await transform(source, { ...options, filename: file });
    await mkdir(dirname(output(file)), { recursive: true });
    await writeFile(output(file), code);
  }),
);
await Promise.all(Object.keys(before ?? {}).map((file) => file in made || rm(output(file), { force: true })));
// Written last: a build that was interrupted is begun anew.
await writeFile(record, JSON.stringify(made));
