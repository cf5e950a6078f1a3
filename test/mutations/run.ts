/**
 * Makes one wrong change to the code after the other, and runs the suites that should notice. Prints which changes passed
 * unnoticed. Works in a copy of the last commit, so that the working tree stays as it is.
 *
 *   npx tsx test/mutations/run.ts                  all of them
 *   npx tsx test/mutations/run.ts ledger waits     those whose file or sentence has one of these words
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mutations } from "./list.js";
import type { Mutation } from "./mutation.js";

const words = process.argv.slice(2);
const chosen = mutations.filter(
  ({ file, says }) => words.length === 0 || words.some((word) => `${file} ${says}`.includes(word)),
);
const root = process.cwd();
const copy = mkdtempSync(join(tmpdir(), "mutations-"));

type Verdict = "caught" | "passed" | "not applicable";

/** A change that makes the code go round for ever is noticed by the time it takes. */
let patienceMs = 600_000;

/** Runs the suites on the code as it now is in the copy; false where one failed, or did not come to its end. */
function isGreen(suites: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(
      "node",
      [
        "--experimental-vm-modules",
        "node_modules/jest/bin/jest.js",
        "--bail",
        "--runInBand",
        "--forceExit",
        "--silent",
        ...suites,
      ],
      { cwd: copy, timeout: patienceMs, killSignal: "SIGKILL", maxBuffer: 2 ** 26 },
      (error) => resolve(error === null),
    );
  });
}

async function judge({ file, find, replace, suites }: Mutation): Promise<Verdict> {
  const path = join(copy, file);
  const before = readFileSync(path, "utf8");
  // A change that could be made in two places, or in none, would say nothing.
  if (before.split(find).length !== 2) return "not applicable";
  writeFileSync(
    path,
    before.replace(find, () => replace),
  );
  try {
    return (await isGreen(suites)) ? "passed" : "caught";
  } finally {
    writeFileSync(path, before);
  }
}

try {
  execFileSync("git", ["worktree", "add", "--detach", "--quiet", copy, "HEAD"]);
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const all = [...new Set(chosen.flatMap(({ suites }) => suites))];
  const begun = performance.now();
  if (!(await isGreen(all))) throw new Error("The suites fail without any change.");
  patienceMs = Math.ceil(20_000 + 5 * (performance.now() - begun));
  const verdicts = new Map<Verdict, Mutation[]>([
    ["caught", []],
    ["passed", []],
    ["not applicable", []],
  ]);
  for (const [index, mutation] of chosen.entries()) {
    const verdict = await judge(mutation);
    verdicts.get(verdict)!.push(mutation);
    console.log(`${index + 1}/${chosen.length} ${verdict}: ${mutation.file}: ${mutation.says}`);
  }
  const [caught, passed, stale] = [...verdicts.values()].map(({ length }) => length) as [number, number, number];
  console.log(`${caught} caught, ${passed} passed, ${stale} not applicable`);
  for (const { file, says, equal } of verdicts.get("passed")!)
    console.log(`passed: ${file}: ${says}${equal ? ` (equal: ${equal})` : ""}`);
  process.exitCode = stale > 0 || verdicts.get("passed")!.some(({ equal }) => !equal) ? 1 : 0;
} finally {
  execFileSync("git", ["worktree", "remove", "--force", copy]);
  rmSync(copy, { recursive: true, force: true });
}
