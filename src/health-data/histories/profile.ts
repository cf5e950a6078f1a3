import type { Field } from "../../model/fields.js";
import type { LocalDate, MissingReason } from "../../model/records.js";
import { chooseField } from "../merge.js";
import type * as views from "../views.js";
import { type Assembly, demand, opaqueId, type Scene } from "./scene.js";

const profileNames = [
  "displayName",
  "givenName",
  "familyName",
  "email",
  "dateOfBirth",
  "sex",
  "height",
  "weight",
  "avatarUrl",
  "timeZone",
  "utcOffsetSeconds",
  "locale",
  "memberSince",
] as const;

export function* profile(scene: Scene): Assembly<Omit<views.Profile, "sources">> {
  const { ask, today } = scene;
  // What a source that can no longer be asked knew of the person may have changed since.
  const sources = [
    ...scene.sources.filter(({ reader }) => reader.canBeAsked),
    ...scene.sources.filter(({ reader }) => !reader.canBeAsked),
  ];
  let open = [...ask.fields];
  for (const source of sources) {
    if (open.length === 0) break;
    yield [demand(source, open, [])];
    open = open.filter((field) => !("value" in source.reader.look(field, null)));
    // Who says the date of birth has said the age.
    if (ask.fields.has("profile.dateOfBirth") && !open.includes("profile.dateOfBirth"))
      open = open.filter((field) => field !== "profile.age");
  }
  const absent = new Map<string, MissingReason>();
  const provenance: views.FieldSource[] = [];
  const get = <T>(name: string): T | null => {
    const field = `profile.${name}` as Field;
    if (!ask.fields.has(field)) return null;
    const chosen = chooseField(sources, (source) => source.reader.look(field, null));
    if ("nothing" in chosen) {
      absent.set(name, chosen.nothing);
      return null;
    }
    provenance.push({ field: name, provider: chosen.source.reader.provider.id });
    return chosen.value as T;
  };
  const merged = Object.fromEntries(profileNames.map((name) => [name, get(name)])) as unknown as Omit<
    views.Profile,
    "id" | "age" | "absent" | "provenance" | "sources"
  >;
  const age = merged.dateOfBirth === null ? get<number>("age") : ageOn(merged.dateOfBirth, today);
  if (age !== null) absent.delete("age");
  if (age !== null && merged.dateOfBirth !== null) {
    const from = provenance.find(({ field }) => field === "dateOfBirth")!;
    provenance.push({ field: "age", provider: from.provider });
  }
  return { id: opaqueId("profile", ask.userId), ...merged, age, absent, provenance };
}

function ageOn(dateOfBirth: LocalDate, today: LocalDate): number {
  const years = Number(today.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return today.slice(5) < dateOfBirth.slice(5) ? years - 1 : years;
}
