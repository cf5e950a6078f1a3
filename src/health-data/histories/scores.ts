import { type MissingReason, type ScoreRecord, scoreKinds } from "../../model/records.js";
import type * as views from "../views.js";
import { type Assembly, demand, held, inParts, opaqueId, type Scene, type Source } from "./scene.js";

/** Scores are never merged or converted: every source's are listed, by day, then kind, then priority. */
export function* scores(scene: Scene): Assembly<Omit<views.ScoreHistory, "sources">> {
  const kinds = scoreKinds.filter((kind) => scene.ask.fields.has(`scores.${kind}`));
  const fields = kinds.map((kind) => `scores.${kind}` as const);
  const able = scene.sources.filter(({ reader }) => fields.some((field) => reader.supports(field)));
  yield able.map((source) => demand(source, fields, scene.days));
  // A refusal is an answer too, but none that says that there are no scores.
  const isAnswered = ({ reader }: Source) =>
    scene.days.length === 0 || fields.some((field) => scene.days.some((day) => held(reader.look(field, day)) !== null));
  if (!able.some(isAnswered)) return { scores: null };
  const listed = yield* inParts(scene.days, (date) =>
    kinds.flatMap((kind) =>
      able.flatMap(({ reader }) => {
        const field = `scores.${kind}` as const;
        const records = held<readonly ScoreRecord[]>(reader.look(field, date)) ?? [];
        return records.map((record): views.Score => {
          const { pending = false, refused = [], ...told } = record;
          return Object.assign({}, told, {
            id: opaqueId("score", reader.connection.id, kind, record.id, date),
            date,
            source: reader.provider.id,
            kind,
            reason: record.value === null && record.level === null ? whyNone(pending, refused) : null,
            settled: !pending && date < scene.today && reader.settled([field], date),
          });
        });
      }),
    ),
  );
  return { scores: listed.flat() };
}

function whyNone(pending: boolean, refused: readonly string[]): MissingReason {
  if (refused.length > 0) return "PROVIDER_ERROR";
  return pending ? "NOT_YET_SYNCED" : "NOT_RECORDED";
}
