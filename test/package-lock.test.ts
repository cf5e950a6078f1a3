import { readFileSync } from "node:fs";

/** What npm writes of one package; `link` marks a folder of this repository. */
interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

describe.each([".", "test/clients", "examples/react-apollo"])("the lock file in %s", (folder) => {
  const lock: { readonly packages: Record<string, LockedPackage> } = JSON.parse(
    readFileSync(`${folder}/package-lock.json`, "utf8"),
  );
  const packages = Object.entries(lock.packages).filter(([path, { link }]) => path !== "" && !link);

  // 37 optional packages of other platforms had no checksum: whoever installed there took what they were given.
  test("has a checksum for every package, those of other platforms included", () => {
    expect(packages.length).toBeGreaterThan(10);
    expect(
      packages.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==/.test(integrity ?? "")).map(([path]) => path),
    ).toEqual([]);
  });

  test("names the public registry, and nothing else, as where each package comes from", () => {
    const elsewhere = packages.filter(([, { resolved }]) => !resolved?.startsWith("https://registry.npmjs.org/"));
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });
});
