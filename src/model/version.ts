import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");

/** The version in package.json, which is at one relative path from the source and from a build. */
export const version = (JSON.parse(text) as { readonly version: string }).version;
