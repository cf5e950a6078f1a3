import { ID, Int, ObjectType } from "type-graphql";
import type { Device, DeviceList } from "../../health-data/views.js";
import type { BatteryLevel } from "../../model/records.js";
import { DateTimeScalar } from "../scalars.js";
import { BatteryLevelEnum, ProviderIdEnum } from "./enums.js";
import { field, nullableField, optionalField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("Device", { description: "A device of the user: a wearable or a scale.", simpleResolvers: true })
class DeviceType implements Omit<Device, "refused"> {
  @field(() => ID, "Opaque identifier. It stays the same for this device.") readonly id!: Device["id"];
  @field(() => ProviderIdEnum, "The provider that lists the device.") readonly source!: Device["source"];
  @nullableField(() => String, "Product name, for example Charge 6.") readonly model!: Device["model"];
  @nullableField(() => String, "Type of device in the provider's own words, for example TRACKER or SCALE.")
  readonly kind!: Device["kind"];
  @nullableField(() => String, "Firmware version.") readonly firmware!: Device["firmware"];
  @nullableField(() => Int, "Battery level in percent (0 to 100).") readonly batteryPercent!: Device["batteryPercent"];
  @optionalField(
    () => BatteryLevelEnum,
    "Charge of the battery in the provider's coarse steps. Null when the provider does not tell.",
  )
  readonly batteryLevel?: BatteryLevel | null;
  @optionalField(() => Boolean, "True while the device is charging. Null when the provider does not tell.")
  readonly isCharging?: boolean | null;
  @nullableField(() => DateTimeScalar, "When the device last sent data to the provider.")
  readonly lastSyncAt!: Device["lastSyncAt"];
}

@ObjectType("DeviceList", { description: "Devices of a user.", implements: HistoryType, simpleResolvers: true })
export class DeviceListType extends HistoryType implements DeviceList {
  @nullableField(() => [DeviceType], "In the order of `sourcePriority`. Null when no provider could answer.")
  readonly devices!: DeviceList["devices"];
}
