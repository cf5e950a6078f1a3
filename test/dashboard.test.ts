import { readFileSync } from "node:fs";
import { type MetricObject, Registry } from "prom-client";
import { parse } from "yaml";
import { createMetrics } from "../src/server/metrics.js";

/** The dashboard and the alarms for operators ask for metrics that there are, by labels that they have. */
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

/** What an expression asks for, or a text shows, that is not measured. */
function unmeasured(expr: string, shown: readonly string[]): readonly string[] {
  const known = new Set([...always, ...names(expr).flatMap((name) => metricOf(name)?.labelNames ?? [])]);
  return [
    ...names(expr).filter((name) => !metricOf(name)),
    ...[...labels(expr), ...shown].filter((label) => !known.has(label)),
    ...(expr.split("(").length === expr.split(")").length ? [] : ["an open bracket"]),
  ];
}

test.each(drawn.map((panel) => [panel.title, panel] as const))("%s asks for what is measured", (_title, panel) => {
  expect(panel.description).toMatch(/\.$/);
  expect(panel.targets?.length).toBeGreaterThan(0);
  for (const { expr, legendFormat } of panel.targets!)
    expect(unmeasured(expr, words(legendFormat, /\{\{(\w+)\}\}/g))).toEqual([]);
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}
const { groups } = parse(readFileSync(new URL("../deploy/alerts.yml", import.meta.url), "utf8")) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

test.each(rules.map((rule) => [rule.alert, rule] as const))("%s watches what is measured", (_alert, rule) => {
  const { expr, annotations } = rule;
  expect(names(expr).length).toBeGreaterThan(0);
  expect(unmeasured(expr, words(JSON.stringify(annotations), /\$labels\.(\w+)/g))).toEqual([]);
  // What an annotation shows is left over by the expression.
  const kept = words(expr, /by \(([^)]*)\)/g).flatMap((list) => list.split(", "));
  expect(words(JSON.stringify(annotations), /\$labels\.(\w+)/g).filter((label) => !kept.includes(label))).toEqual([]);
  for (const text of Object.values(annotations)) expect(text).toMatch(/[.)]$/);
  expect(rule.for ?? "1m").toMatch(/^\d+[smh]$/);
  expect(["page", "ticket"]).toContain(rule.labels.severity);
});

test("each alarm has a name of its own, and so has its group", () => {
  expect(rules.length).toBeGreaterThan(10);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  expect(groups.map(({ name }) => name)).toEqual(["pulsegate"]);
});

test("no label of ours could name a person", () => {
  const all = [...metrics.values()].filter(({ name }) => name.startsWith("pulsegate_"));
  const used = new Set(all.flatMap(({ labelNames = [] }) => labelNames));
  const few = ["route", "method", "status", "type", "outcome", "provider", "origin", "collection", "reason", "figure"];
  expect([...used].filter((label) => ![...few, "queue", "window"].includes(label))).toEqual([]);
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
