/** README's "Watch a figure change": whoever follows it sees a figure change, at any hour. */
import { blocksIn, pages } from "./support/markdown.js";
import { type Anything, clockFrom, startServed } from "./support/served.js";

const readme = pages.get("README.md")!;
const from = readme.slice(0, readme.indexOf("Watch a figure change")).split("\n").length;
const to = readme.slice(0, readme.indexOf("## Why")).split("\n").length;
const within = ([at]: readonly [string, unknown]) => {
  const [page, line] = at.split(":");
  return page === "README.md" && Number(line) > from && Number(line) < to;
};
const scripts = blocksIn("sh").filter(within);
const [subscription] = blocksIn("graphql").filter(within);

/** Does what the script's requests do, one after the other. Answers what the last of them says. */
async function follow(script: string, url: string): Promise<Anything> {
  let said: Anything = null;
  for (const [, line] of script.matchAll(/curl ([\s\S]+?)(?=\ncurl |$)/g)) {
    const headers = Object.fromEntries(
      [...line!.matchAll(/-H '([\w-]+): ([^']+)'/g)].map(([, name, value]) => [name, value]),
    );
    const [, address] = /http:\/\/127\.0\.0\.1:4000(\/[^\s']*)/.exec(line!)!;
    const [, body] = /-d '(\{[\s\S]*\})'/.exec(line!) ?? [];
    const response = await fetch(url + address, { method: "POST", headers, body });
    expect(response.ok).toBe(true);
    said = response.status === 204 ? null : ((await response.json()) as Anything);
  }
  return said;
}

test.each([
  ["after midnight where the person lives", "2026-11-24T23:02:00Z"],
  ["after midnight in UTC", "2026-11-25T00:03:00Z"],
  ["at noon", "2026-11-25T12:00:00Z"],
])("%s", async (_, instant) => {
  expect([scripts.length, subscription]).toEqual([2, expect.anything()]);
  const served = await startServed({}, { clock: clockFrom(instant) });
  try {
    const steps = (activity: Anything) =>
      activity.days.reduce((sum: number, day: Anything) => sum + (day.steps ?? 0), 0);
    const before = await follow(scripts[0]![1].text, served.url);
    expect(before.errors).toBeUndefined();
    const updates = await served.subscribe(subscription![1].text);
    await follow(scripts[1]![1].text, served.url);
    const { dataUpdated } = await updates.next();
    expect(steps(dataUpdated.user.activity)).toBeGreaterThan(steps(before.data.viewer.activity) + 500);
    await updates.end();
  } finally {
    await served.close();
  }
});
