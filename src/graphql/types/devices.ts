import { ID, Int, ObjectType } from "type-graphql";
import type { Device, DeviceList } from "../../readings/views.js";
import { DateTimeScalar } from "../scalars.js";
import { ProviderIdEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("Device", { description: "Something worn, or stood on.", simpleResolvers: true })
export class DeviceType implements Device {
  @field(() => ID, "Opaque, and stable for this device.") readonly id!: Device["id"];
  @field(() => ProviderIdEnum, "Who told us.") readonly source!: Device["source"];
  @nullableField(() => String, "What it is sold as.") readonly model!: Device["model"];
  @nullableField(() => String, "Tracker, scale, or what else the provider calls it.") readonly kind!: Device["kind"];
  @nullableField(() => String, "The version of its software.") readonly firmware!: Device["firmware"];
  @nullableField(() => Int, "How full the battery is, 0 to 100.") readonly batteryPercent!: Device["batteryPercent"];
  @nullableField(() => DateTimeScalar, "When it last sent its data to the provider.")
  readonly lastSyncAt!: Device["lastSyncAt"];
}

@ObjectType("DeviceList", { description: "The user's devices.", implements: HistoryType, simpleResolvers: true })
export class DeviceListType extends HistoryType implements DeviceList {
  @nullableField(() => [DeviceType], "In the order of the sources.") readonly devices!: DeviceList["devices"];
}
