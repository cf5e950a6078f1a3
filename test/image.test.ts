/** What the container's files promise, as far as it can be read without building them. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(root + path, "utf8");
const dockerfile = read("Dockerfile");
const compose = read("compose.yaml");

test("what the image is built of is there, and none of it is kept from the build", () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => paths!.split(" "));
  expect(copied.length).toBeGreaterThan(5);
  const letIn = new Set([...read(".dockerignore").matchAll(/^!(.+)$/gm)].map(([, path]) => path));
  expect(copied.filter((path) => !existsSync(root + path) || !letIn.has(path))).toEqual([]);
});

test("the ready set of assistants' queries is in the image, where the gateway looks for it", () => {
  expect(dockerfile).toMatch(/^COPY --from=build \/build\/schema \.\/schema$/m);
  expect(existsSync(`${root}schema/operations/assistant/today.graphql`)).toBe(true);
});

test("no script of a package runs while the image is built", () => {
  const installs = dockerfile.match(/npm (?:ci|install|prune)[^&\n]*/g)!;
  expect(installs.length).toBe(2);
  for (const line of installs) expect(line).toContain("--ignore-scripts");
});

test("compose asks for what .env.example has, and says where it is to be written", () => {
  const names = new Set([...read(".env.example").matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name));
  const asked = [...compose.matchAll(/(?<!\$)\$\{([A-Z_]+):\?([^}]+)\}/g)];
  expect(asked.length).toBeGreaterThan(3);
  for (const [, name, sentence] of asked)
    expect([names.has(name), sentence]).toEqual([true, expect.stringContaining(".env")]);
});

test("every service has a limit of memory, an end in order and no new privileges", () => {
  const { services } = parse(compose, { merge: true });
  expect(Object.keys(services)).toEqual(["pulsegate", "replica", "proxy", "postgres", "redis"]);
  for (const [name, service] of Object.entries(services))
    expect([name, service]).toMatchObject([
      name,
      { mem_limit: expect.any(String), security_opt: ["no-new-privileges:true"], restart: "unless-stopped" },
    ]);
});
