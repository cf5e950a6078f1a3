#!/usr/bin/env node
import { existsSync } from "node:fs";
import "./node-version.mjs";

const built = new URL("../dist/cli/index.js", import.meta.url);
if (!existsSync(built)) {
  process.stderr.write("Pulsegate is not built yet: run npm ci && npm run build.\n");
  process.exit(1);
}
await import(built.href);
