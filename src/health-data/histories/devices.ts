import type { Field } from "../../model/fields.js";
import type * as views from "../views.js";
import { type Assembly, demand, held, opaqueId, type Scene } from "./scene.js";

export function* devices(scene: Scene): Assembly<Omit<views.DeviceList, "sources">> {
  const field: Field = "devices.devices";
  const all = scene.sources.filter(({ reader }) => reader.supports(field));
  yield all.map((source) => demand(source, [field], []));
  const known = all.flatMap((source) => {
    const list = held<readonly Omit<views.Device, "source">[]>(source.reader.look(field, null));
    return list === null
      ? []
      : [
          list.map((device) =>
            Object.assign({}, device, {
              id: opaqueId("device", source.reader.connection.id, device.id),
              source: source.reader.provider.id,
            }),
          ),
        ];
  });
  return { devices: known.length === 0 ? null : known.flat() };
}
