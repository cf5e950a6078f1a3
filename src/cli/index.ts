#!/usr/bin/env node
import { processIo } from "./io.js";
import { run } from "./program.js";

const args = process.argv.slice(2);
const code = await run(args, processIo());
// A started server keeps running, and sets the exit code itself. Every other command is over at this point, even if a
// client still tries to reach a store that does not answer.
if (args[0] === "start" && code === 0) process.exitCode ??= 0;
else process.stdout.write("", () => process.exit(code));
