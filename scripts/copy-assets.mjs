import { copyFile, cp, mkdir } from "node:fs/promises";

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

// The page for people is what it is in the source.
await cp(new URL("../src/server/home/", import.meta.url), new URL("../dist/server/home/", import.meta.url), {
  recursive: true,
});
