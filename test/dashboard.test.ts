import { readFileSync } from "node:fs";
import { type MetricObject, Registry } from "prom-client";
import { createMetrics } from "../src/server/metrics.js";

/** The dashboard for operators asks for metrics that there are, by labels that they have. */
interface Panel {
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const { panels } = JSON.parse(readFileSync(new URL("../deploy/grafana.json", import.meta.url), "utf8")) as {
  readonly panels: readonly Panel[];
};
const drawn = panels.filter(({ type }) => type !== "row");
const registry = new Registry();
createMetrics(registry);
const metrics = new Map(registry.getMetricsAsArray().map((metric) => [metric.name, metric as MetricObject & Labelled]));
interface Labelled {
  readonly labelNames?: readonly string[];
}
/** What Prometheus adds to each series itself, and what a histogram has beside its own. */
const always = ["job", "instance", "le"];
const metricOf = (name: string) => metrics.get(name) ?? metrics.get(name.replace(/_(count|bucket|sum)$/, ""));

const words = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, word]) => word!);
const names = (expr: string) => words(expr, /\b((?:pulsegate|nodejs|process)_\w+)/g);
const labels = (expr: string) => [
  ...words(expr, /[{,]\s*(\w+)\s*(?:=~|!=|!~|=)/g),
  ...words(expr, /by \(([^)]*)\)/g).flatMap((list) => list.split(", ")),
];

test.each(drawn.map((panel) => [panel.title, panel] as const))("%s asks for what is measured", (_title, panel) => {
  expect(panel.description).toMatch(/\.$/);
  expect(panel.targets?.length).toBeGreaterThan(0);
  for (const { expr, legendFormat } of panel.targets!) {
    expect(names(expr).filter((name) => !metricOf(name))).toEqual([]);
    const known = new Set([...always, ...names(expr).flatMap((name) => metricOf(name)?.labelNames ?? [])]);
    expect([...labels(expr), ...words(legendFormat, /\{\{(\w+)\}\}/g)].filter((label) => !known.has(label))).toEqual(
      [],
    );
    expect(expr.split("(").length).toBe(expr.split(")").length);
  }
});

test("every metric of ours is on it", () => {
  const asked = new Set(drawn.flatMap(({ targets }) => targets!.flatMap(({ expr }) => names(expr).map(metricOf))));
  const ours = [...metrics.values()].filter(({ name }) => name.startsWith("pulsegate_"));
  expect(ours.filter((metric) => !asked.has(metric)).map(({ name }) => name)).toEqual([]);
});

test("no panel lies on another", () => {
  const over = ({ gridPos: a }: Panel, { gridPos: b }: Panel) =>
    a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  const pairs = panels.flatMap((one, at) => panels.slice(at + 1).filter((other) => over(one, other)));
  expect(pairs).toEqual([]);
});
