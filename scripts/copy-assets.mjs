import { copyFile, cp, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** GraphiQL's scripts move into the build, so that what is shipped needs no development packages. */
const assets = {
  "react.js": "react/umd/react.production.min.js",
  "react-dom.js": "react-dom/umd/react-dom.production.min.js",
  "graphiql.js": "graphiql/graphiql.min.js",
  "graphiql.css": "graphiql/graphiql.min.css",
};

const to = new URL("../dist/server/assets/", import.meta.url);
await mkdir(to, { recursive: true });
for (const [name, from] of Object.entries(assets)) {
  await copyFile(new URL(`../node_modules/${from}`, import.meta.url), new URL(name, to));
}

// What the explorers offer to begin with.
const examples = new URL("../dist/server/examples/", import.meta.url);
await rm(examples, { recursive: true, force: true });
const theirs = fileURLToPath(new URL("../schema/operations/", import.meta.url));
const isExample = (path) => path === theirs || path.endsWith(".graphql");
await cp(theirs, fileURLToPath(examples), { recursive: true, filter: (path) => isExample(path) });
