import { copyFile, mkdir } from "node:fs/promises";

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
