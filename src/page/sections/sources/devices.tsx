import type { State, Trends } from "../../data/state.js";
import { Card } from "../../parts/card.js";
import { type Page, usePage } from "../../parts/page.js";
import { Skeleton } from "../../parts/skeleton.js";
import { moment } from "../../words/moments.js";

type Device = NonNullable<NonNullable<Trends["devices"]>["devices"]>[number];

/** As many find room below the order of sources; more stand in two columns, over the whole width. */
const FEW = 4;

export const areMany = ({ trends }: State): boolean => (trends?.devices?.devices?.length ?? 0) > FEW;

export function Devices() {
  const page = usePage();
  const { say, state } = page;
  const devices = state.trends?.devices?.devices;
  return (
    <Card title={say("devices")} span={12}>
      {!state.trends ? (
        <Skeleton of="line" />
      ) : !devices || devices.length === 0 ? (
        <p class="caption">{say("noDevices")}</p>
      ) : (
        <ul class={areMany(state) ? "rows columns" : "rows"}>
          {devices.map((device) => (
            <li key={device.id} class="device">
              <div>
                <b>{device.model ?? device.kind ?? say("device")}</b>
                <p class="caption">{about(page, device)}</p>
              </div>
              <Battery page={page} device={device} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function about(page: Page, device: Device): string {
  const { say, name } = page;
  const isTold = device.batteryPercent !== null || device.batteryLevel !== null;
  return [
    name(device.source),
    ...(device.lastSyncAt === null ? [] : [say("synced", { at: moment(page, device.lastSyncAt) })]),
    ...(isTold ? [] : [say("batteryNotTold")]),
    ...(device.isCharging ? [say("charging")] : []),
  ].join(" · ");
}

const levels = { HIGH: ["batteryHigh", 100], MEDIUM: ["batteryMedium", 50], LOW: ["batteryLow", 12] } as const;

function Battery({ page: { say }, device }: { readonly page: Page; readonly device: Device }) {
  const { batteryPercent, batteryLevel } = device;
  if (batteryPercent === null && batteryLevel === null) return <span class="caption">–</span>;
  const [key, share] = levels[batteryLevel ?? "HIGH"];
  const percent = batteryPercent ?? share;
  return (
    <span class="battery">
      <svg width="26" height="13" viewBox="0 0 26 13" aria-hidden="true">
        <rect class="battery-case" x=".75" y=".75" width="21.5" height="11.5" rx="3.5" />
        <path class="battery-case" d="M24.5 4.5v4" />
        <rect
          class={percent < 20 ? "battery-low" : "battery-fill"}
          x="3"
          y="3"
          width={(17 * percent) / 100}
          height="7"
          rx="1.5"
        />
      </svg>
      {batteryPercent === null ? say(key) : say("batteryPercent", { n: batteryPercent })}
    </span>
  );
}
