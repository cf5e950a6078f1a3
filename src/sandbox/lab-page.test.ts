import { readFileSync } from "node:fs";
import { defaultSwitches as fitbit } from "./fitbit/switches.js";
import { defaultSwitches as google } from "./google-health/switches.js";
import { defaultSwitches as misfit } from "./misfit/switches.js";

const page = readFileSync(new URL("../../docs/lab.md", import.meta.url), "utf8");
const sectionOf = (name: string) => page.split(/^#### /m).find((text) => text.startsWith(name))!;

test.each([
  ["Google Health", google()],
  ["Fitbit", fitbit()],
  ["Misfit", misfit()],
] as const)("docs/lab.md tells every switch of the lab of %s, and no other", (name, switches) => {
  const rows = sectionOf(name).matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm);
  const told = [...rows].flatMap(([, cell]) => [...cell!.matchAll(/\w+/g)].map(([word]) => word));
  expect(told.sort()).toEqual(Object.keys(switches).sort());
});
