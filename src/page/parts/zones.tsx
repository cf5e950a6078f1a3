import { type Zone, type ZoneKind, zoneHues } from "../charts/index.js";
import { type Page, usePage } from "./page.js";

const keys = {
  BELOW_ZONES: "zoneBelow",
  LIGHT: "zoneLight",
  MODERATE: "zoneModerate",
  VIGOROUS: "zoneVigorous",
  PEAK: "zonePeak",
} as const satisfies Readonly<Record<ZoneKind, string>>;

export const zoneName = ({ say }: Pick<Page, "say">, kind: ZoneKind): string => say(keys[kind]);

/** The zones with their minutes and limits. */
export function ZoneList({ zones }: { readonly zones: readonly Zone[] }) {
  const page = usePage();
  const { format } = page;
  return (
    <dl class="zones">
      {zones.map((zone) => (
        <div key={zone.kind}>
          <dt>
            <i class={`dot ground-${zoneHues[zone.kind]}`} />
            {zoneName(page, zone.kind)}
          </dt>
          <dd>
            {zone.minutes === null ? "–" : format.duration(zone.minutes)}
            <small>{limits(page, zone)}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function limits({ say }: Page, { minRate, maxRate }: Zone): string {
  if (minRate === null || minRate === 0) return maxRate === null ? "" : say("zoneUnder", { rate: maxRate });
  // A watch says 220 where it means no end.
  return maxRate === null || maxRate >= 220
    ? say("zoneFrom", { rate: minRate })
    : say("zoneBetween", { from: minRate, to: maxRate });
}
