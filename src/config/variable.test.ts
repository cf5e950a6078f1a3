import { readFileSync } from "node:fs";
import { providers } from "../providers/index.js";
import { describeValues } from "./describe-config.js";
import { integer, oneOf } from "./shapes.js";
import { createReader, tableOf, type Variables } from "./variable.js";
import { allVariables, variables } from "./variables.js";

const more = {
  ...variables,
  napMinutes: {
    name: "NAP_MINUTES",
    shape: integer(1, 90),
    default: { elsewhere: "20", production: "45" },
    description: "How long the gateway naps",
  },
  napSign: { name: "NAP_SIGN", shape: oneOf(["DO NOT DISTURB", "hush"]), description: "What is said", secret: true },
} as const satisfies Variables;

describe("one row more", () => {
  test("is read, as the type that its shape makes", () => {
    const minutes: number = createReader({}).read(more).napMinutes;
    expect(minutes).toBe(20);
    expect(createReader({ NODE_ENV: "production" }).read(more).napMinutes).toBe(45);
    const { napMinutes, napSign } = createReader({ NAP_MINUTES: " 7 ", NAP_SIGN: "HUSH" }).read(more);
    expect([napMinutes, napSign]).toEqual([7, "hush"]);
    expect(createReader({ NAP_SIGN: " " }).read(more).napSign).toBeNull();
  });

  test("has its faults named, and counts as its default then", () => {
    const reader = createReader({ NAP_MINUTES: "91", NAP_SIGN: "s3cret" });
    expect(reader.read(more)).toMatchObject({ napMinutes: 20, napSign: null });
    expect(reader.faults).toEqual([
      "NAP_MINUTES must be a whole number from 1 to 90",
      "NAP_SIGN must be one of DO NOT DISTURB, hush",
    ]);
    expect([reader.isSet("NAP_SIGN"), reader.isSet("HOST")]).toEqual([true, false]);
  });

  test("is told of in the start log unless it is secret, and in the table with its default", () => {
    const told = describeValues(more, createReader({ NAP_SIGN: "hush" }).read(more));
    expect(told).toMatchObject({ napMinutes: 20, host: "127.0.0.1" });
    expect(told).not.toHaveProperty("napSign");
    const table = tableOf(Object.values(more));
    expect(table).toContain("| `NAP_MINUTES` | 20, in production 45 | How long the gateway naps |");
    expect(table).toContain("| `NAP_SIGN` | – | What is said |");
  });
});

test("every default is a value that its own variable may have", () => {
  for (const { name, shape, default: usual } of allVariables(providers)) {
    for (const text of typeof usual === "object" ? Object.values(usual) : usual ? [usual] : [])
      expect([name, shape.safeParse(text).success]).toEqual([name, true]);
  }
});

test(".env.example names variables that there are, with the defaults that they have", () => {
  const usual = new Map(allVariables(providers).map((variable) => [variable.name, variable.default]));
  const text = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");
  const lines = [...text.matchAll(/^(#?)([A-Z_]+)=(.*)$/gm)].map(([, off, name, value]) => ({ off, name, value }));
  expect(lines.length).toBeGreaterThan(15);
  // These are read by compose.yaml.
  expect(lines.filter(({ name }) => !usual.has(name!)).map(({ name }) => name)).toEqual([
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
  ]);
  for (const { name, value } of lines.filter(({ off, name, value }) => off && value && usual.get(name!)))
    expect([name, value]).toEqual([name, usual.get(name!)]);
});
