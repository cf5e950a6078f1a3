import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import type { Spread } from "./measure.js";

/** One comparison: how many times as much the other costs. Over 1, ours is cheaper. */
export interface Row {
  readonly what: string;
  readonly against: string;
  readonly ratio: Spread;
  /** CPU of ours for one request, in milliseconds. */
  readonly oursMs: number;
  /** What the ratio should reach; null where nobody set an aim. */
  readonly aim: number | null;
}

const number = (value: number) => value.toFixed(value < 0.095 ? 3 : 2);
const times = ({ median, min, max }: Spread) => `${number(median)} (${number(min)}–${number(max)})`;

export function line({ what, against, ratio, oursMs, aim }: Row): string {
  const aimed = aim === null ? "" : `aim ${aim}`;
  return `${what.padEnd(46)} ${against.padEnd(26)} ${times(ratio).padEnd(24)} ${oursMs.toFixed(2).padStart(7)} ms  ${aimed}`;
}

/** Writes the table, and a picture of its medians. */
export function writeReport(rows: readonly Row[], notes: readonly string[]): void {
  const table = rows.map(
    ({ what, against, ratio, oursMs, aim }) =>
      `| ${what} | ${against} | ${times(ratio)} | ${oursMs.toFixed(2)} ms | ${aim === null ? "" : `≥ ${aim}`} |`,
  );
  const text = `# Results of \`npm run bench\`

One run on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)} at the end.
CPU for one request, theirs divided by ours, in turns (A B B A): over 1, ours is cheaper. Shown: median (least–most).

| Case | Against | Theirs ÷ ours | Ours | Aim |
| --- | --- | --- | --- | --- |
${table.join("\n")}

${notes.map((note) => `- ${note}`).join("\n")}
`;
  writeFileSync(new URL("./results.md", import.meta.url), text);
  writeFileSync(new URL("../docs/performance.svg", import.meta.url), picture(rows));
}

const ROW_HEIGHT = 22;
/** At most, of one character of a label. */
const CHARACTER_WIDTH = 6.6;
const BARS_WIDTH = 470;
/** Ratios from a hundredth to a hundred. */
const DECADES = 4;

/** Bars on a logarithmic scale, from 1 to the right where ours is cheaper. */
function picture(rows: readonly Row[]): string {
  const labels = rows.map(({ what, against }) => `${what} ÷ ${against}`);
  const left = Math.ceil(Math.max(...labels.map(({ length }) => length)) * CHARACTER_WIDTH) + 20;
  const width = left + BARS_WIDTH;
  const scale = (BARS_WIDTH - 70) / DECADES;
  const x = (ratio: number) => left + (Math.log10(Math.min(100, Math.max(0.01, ratio))) + DECADES / 2) * scale;
  const height = rows.length * ROW_HEIGHT + 50;
  const bars = rows.map(({ ratio }, at) => {
    const y = 34 + at * ROW_HEIGHT;
    const [from, to] = [Math.min(x(1), x(ratio.median)), Math.max(x(1), x(ratio.median))];
    const colour = ratio.median >= 1 ? "#0f766e" : "#b45309";
    return `  <text x="${left - 10}" y="${y + 12}" text-anchor="end">${labels[at]}</text>
  <rect x="${from.toFixed(1)}" y="${y}" width="${Math.max(1, to - from).toFixed(1)}" height="15" rx="2" fill="${colour}"/>
  <text x="${(ratio.median >= 1 ? to + 5 : from - 5).toFixed(1)}" y="${y + 12}" text-anchor="${ratio.median >= 1 ? "start" : "end"}">${number(ratio.median)}</text>`;
  });
  const marks = [0.01, 0.1, 1, 10, 100].map(
    (
      each,
    ) => `  <line x1="${x(each)}" y1="26" x2="${x(each)}" y2="${height - 14}" stroke="#94a3b8" stroke-width="${each === 1 ? 1.5 : 0.5}"/>
  <text x="${x(each)}" y="18" text-anchor="middle" fill="#64748b">${each}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
  <title>CPU for one request: the other's divided by ours. To the right of 1, ours is cheaper.</title>
  <rect width="${width}" height="${height}" fill="#ffffff"/>
${marks.join("\n")}
${bars.join("\n")}
</svg>
`;
}
