/** What a person chose for this page. */
export interface Settings {
  readonly days: 30 | 90;
  readonly units: "metric" | "us";
  readonly clock: "24" | "12";
  readonly language: "en" | "de";
}

const choices = {
  days: [30, 90],
  units: ["metric", "us"],
  clock: ["24", "12"],
  language: ["en", "de"],
} as const satisfies { readonly [K in keyof Settings]: readonly Settings[K][] };

const PLACE = "pulsegate.settings";

/** What this browser remembers; else what it says of the person. */
export function rememberedSettings(): Settings {
  const usual = usualSettings(navigator.languages);
  let kept: unknown = null;
  try {
    kept = JSON.parse(localStorage.getItem(PLACE) ?? "null");
  } catch {
    // No storage, or something else's: as on a first visit.
  }
  if (typeof kept !== "object" || kept === null) return usual;
  const chosen = Object.entries(kept).filter(([name, value]) =>
    (choices[name as keyof Settings] as readonly unknown[] | undefined)?.includes(value),
  );
  return { ...usual, ...Object.fromEntries(chosen) };
}

export function rememberSettings(settings: Settings): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(settings));
  } catch {
    // A private window: it lasts as long as the page.
  }
}

/** Of the person's languages, the first that the page speaks; units and clock as they are usual where the first is spoken. */
export function usualSettings(languages: readonly string[]): Settings {
  const spoken = languages.map((tag) => tag.slice(0, 2).toLowerCase());
  const first = languages[0] ?? "en-GB";
  return {
    days: 30,
    units: /-(US|LR|MM)\b/i.test(first) ? "us" : "metric",
    clock: new Intl.DateTimeFormat(first, { hour: "numeric" }).resolvedOptions().hour12 ? "12" : "24",
    language: spoken.find((one) => one === "en" || one === "de") === "de" ? "de" : "en",
  };
}

/** The API's units for each choice: figures are asked for in them, so that the gateway alone converts and rounds. */
export const unitsOf = (units: Settings["units"]) =>
  units === "us"
    ? ({ length: "MILE", mass: "POUND", temperature: "FAHRENHEIT", glucose: "MILLIGRAM_PER_DECILITER" } as const)
    : ({ length: "KILOMETER", mass: "KILOGRAM", temperature: "CELSIUS", glucose: "MILLIMOLE_PER_LITER" } as const);
