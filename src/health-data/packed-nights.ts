import type { Field, FieldValue } from "../model/fields.js";
import type { SleepSegment, SleepStage } from "../model/records.js";
import { instantOf, offsetOf, withOffset } from "../model/time.js";

/** What a night of either field has; the other members stay as they are. */
interface Night {
  readonly hypnogram: readonly SleepSegment[] | null;
}

export const hasNights = (field: Field): boolean => field === "sleep.sessions" || field === "sleep.hypnograms";

/** Stored rows use these numbers: they never change. */
const numberOf: Readonly<Record<SleepStage, number>> = {
  AWAKE: 0,
  RESTLESS: 1,
  ASLEEP: 2,
  LIGHT: 3,
  DEEP: 4,
  REM: 5,
};
const stages = Object.keys(numberOf) as SleepStage[];

/** Three characters for each segment: its stage, the seconds from the first start to its own, and its length. */
const CHARACTERS = 3;
const MOST_SECONDS = 0xffff;

interface PackedHypnogram {
  readonly start: string;
  readonly segments: string;
}
/** As it is stored: the characters as numbers. */
interface StoredHypnogram {
  readonly start: string;
  readonly segments: readonly number[];
}

/** A night as it is kept: where its segments are packed, the other members stand without them. */
type KeptNight =
  | { readonly rest: object; readonly packed: PackedHypnogram }
  | { readonly rest: Night; readonly packed: null };

const kept = Symbol("the night with its packed segments");
interface Packed {
  readonly [kept]: { readonly rest: object; readonly packed: PackedHypnogram };
}

/** One getter for all nights: V8 keeps a getter, and all that it holds, until the next full garbage collection. */
const unpackedWhenRead = {
  get(this: Packed) {
    return segmentsOf(this[kept].packed);
  },
  enumerable: true,
};

/** Whether a night has segments. Nothing is unpacked. */
export const hasSegments = (night: Night): boolean => isPacked(night) || night.hypnogram !== null;

/** The other members of a night. Nothing is unpacked. */
export function withoutSegments<N extends Night>(night: N): Omit<N, "hypnogram"> {
  if (isPacked(night)) return night[kept].rest as Omit<N, "hypnogram">;
  const { hypnogram: _, ...rest } = night;
  return rest;
}

/** Gives an object the segments of a night, which stay packed until they are read; null without a night. */
export function withSegmentsOf<T extends object>(target: T, night: Night | null): T & Night {
  if (night === null || !isPacked(night)) return Object.assign(target, { hypnogram: night?.hypnogram ?? null });
  return withPacked(target, night[kept]);
}

function withPacked<T extends object>(target: T, night: Packed[typeof kept]): T & Night {
  Object.defineProperty(target, kept, { value: night });
  return Object.defineProperty(target, "hypnogram", unpackedWhenRead) as T & Night;
}

const isPacked = (night: object): night is Packed => kept in night;

/**
 * The nights of one day whose hypnograms are packed: a night has some fifty segments, and as objects they take more
 * than all other days of a person together. They are unpacked where they are read.
 */
export class PackedNights {
  private constructor(private readonly nights: readonly KeptNight[]) {}

  /** Packs nights. Any other value, and nights whose segments can't be packed without loss, come back as they are. */
  static of(field: Field, value: FieldValue): FieldValue | PackedNights {
    if (!hasNights(field)) return value;
    const nights = (value as readonly Night[]).map((night): KeptNight => {
      if (isPacked(night)) return night[kept];
      const packed = night.hypnogram && packedHypnogram(night.hypnogram);
      return packed ? { rest: withoutSegments(night), packed } : { rest: night, packed: null };
    });
    return nights.some(({ packed }) => packed) ? new PackedNights(nights) : value;
  }

  /** Reads what `toJSON` wrote. Null if it is something else. */
  static read(value: unknown, isNights: (value: unknown) => boolean): PackedNights | null {
    if (typeof value !== "object" || value === null || !("nights" in value) || !Array.isArray(value.nights))
      return null;
    const nights: KeptNight[] = [];
    for (const night of value.nights) {
      const { packed: stored, ...told } = night ?? {};
      const packed = stored === undefined ? null : readHypnogram(stored);
      if (packed === undefined) return null;
      nights.push(packed ? { rest: withoutSegments(told), packed } : { rest: told, packed });
    }
    return isNights(nights.map(written)) ? new PackedNights(nights) : null;
  }

  /** The nights. The segments of each are unpacked whenever they are read. */
  unpacked(): FieldValue {
    const nights = this.nights.map((night) =>
      night.packed ? withPacked(Object.assign({}, night.rest), night) : night.rest,
    );
    return nights as unknown as FieldValue;
  }

  /** An estimate, in bytes. */
  get weight(): number {
    return this.nights.reduce((sum, { packed }) => sum + 600 + (packed?.segments.length ?? 0) * 2, 200);
  }

  toJSON(): object {
    return {
      nights: this.nights.map((night) => {
        const { packed } = night;
        if (!packed) return night.rest;
        const segments = Array.from(packed.segments, (each) => each.charCodeAt(0));
        return { ...written(night), packed: { start: packed.start, segments } };
      }),
    };
  }
}

/** A night as all releases check it: what is packed stands beside it. */
const written = ({ rest, packed }: KeptNight): object => (packed ? { ...rest, hypnogram: null } : rest);

function packedHypnogram(hypnogram: readonly SleepSegment[]): PackedHypnogram | null {
  const [first] = hypnogram;
  if (!first) return null;
  const begin = instantOf(first.start);
  const codes: number[] = [];
  for (const { stage, start, seconds } of hypnogram)
    codes.push(numberOf[stage], (instantOf(start) - begin) / 1000, seconds);
  if (!codes.every(isCode)) return null;
  const packed = { start: first.start, segments: String.fromCharCode(...codes) };
  // A clock that changes in the night, or a spelling of its own, would not come back.
  return segmentsOf(packed).every(({ start }, at) => start === hypnogram[at]!.start) ? packed : null;
}

const isCode = (code: unknown): code is number =>
  Number.isInteger(code) && (code as number) >= 0 && (code as number) <= MOST_SECONDS;

function readHypnogram(stored: unknown): PackedHypnogram | undefined {
  const { start, segments } = (stored ?? {}) as Partial<StoredHypnogram>;
  if (typeof start !== "string" || Number.isNaN(instantOf(start)) || offsetOf(start) === null) return undefined;
  if (!Array.isArray(segments) || segments.length % CHARACTERS !== 0 || !segments.every(isCode)) return undefined;
  const areStages = segments.every((code, at) => at % CHARACTERS > 0 || code < stages.length);
  return areStages ? { start, segments: String.fromCharCode(...segments) } : undefined;
}

const DAY_SECONDS = 86_400;
const DATE_LENGTH = "2026-11-30".length;

function segmentsOf({ start, segments }: PackedHypnogram): readonly SleepSegment[] {
  const offset = offsetOf(start) ?? 0;
  const local = instantOf(start) / 1000 + offset;
  const suffix = withOffset(0, offset).slice("1970-01-01T00:00:00".length);
  let day = Number.NaN;
  let date = "";
  const unpacked: SleepSegment[] = [];
  for (let at = 0; at < segments.length; at += CHARACTERS) {
    const time = local + segments.charCodeAt(at + 1);
    const second = time % DAY_SECONDS;
    if (time - second !== day) {
      day = time - second;
      date = new Date(day * 1000).toISOString().slice(0, DATE_LENGTH);
    }
    unpacked.push({
      stage: stages[segments.charCodeAt(at)]!,
      start: `${date}T${twoDigits(second / 3600)}:${twoDigits((second % 3600) / 60)}:${twoDigits(second % 60)}${suffix}`,
      seconds: segments.charCodeAt(at + 2),
    });
  }
  return unpacked;
}

const twoDigits = (value: number): string => (value < 10 ? `0${Math.floor(value)}` : `${Math.floor(value)}`);
