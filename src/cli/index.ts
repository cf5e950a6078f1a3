#!/usr/bin/env node
import { processIo } from "./io.js";
import { run } from "./program.js";

const args = process.argv.slice(2);
const code = await run(args, processIo());
// A server that was started stays, and says itself how it ended. Anything else is over, whoever still tries to reach a
// store that does not answer.
if (args[0] === "start" && code === 0) process.exitCode ??= 0;
else process.stdout.write("", () => process.exit(code));
