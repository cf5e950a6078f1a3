/** Ends the process where Node is too old, before a file that it can't read says so in its own words. */
import { readFileSync } from "node:fs";

const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const needed = engines.node.replace(">=", "");
const [major, minor] = process.versions.node.split(".").map(Number);
const [leastMajor, leastMinor] = needed.split(".").map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  process.stderr.write(`Pulsegate needs Node ${needed} or newer, and this is Node ${process.versions.node}.\n`);
  process.exit(1);
}
