/** Settings every target has; a target's own are added to them. Names as in the Singer SDK where it has them. */
import { type Static, type TObject, Type } from "typebox";

export const targetSettings = Type.Object({
  load_method: Type.Optional(
    Type.Union([Type.Literal("append-only"), Type.Literal("upsert"), Type.Literal("append")], {
      description:
        "How rows enter a table: `upsert` replaces rows with the same key, `append-only` (or `append`) adds them. Default: upsert where a stream has key_properties, else append-only.",
    }),
  ),
  add_record_metadata: Type.Boolean({
    default: true,
    description:
      "Adds the columns _sdc_extracted_at, _sdc_received_at, _sdc_batched_at, _sdc_deleted_at, _sdc_sequence, _sdc_table_version and _sdc_sync_started_at.",
  }),
  validate_records: Type.Boolean({ default: true, description: "Checks each record against its stream's schema before it is written." }),
  batch_size_rows: Type.Optional(Type.Integer({ minimum: 1, description: "Commit at the first STATE at or past so many rows." })),
  batch_max_bytes: Type.Integer({
    default: 32 * 1024 * 1024,
    minimum: 1,
    description: "Bytes of rows held back, over all streams, before the largest stream's rows go to the database (without a commit).",
  }),
  commit_after_ms: Type.Integer({
    default: 30_000,
    minimum: 0,
    description: "Commit at the next STATE once rows have waited so long; also when no input arrives.",
  }),
  max_line_bytes: Type.Integer({
    default: 128 * 1024 * 1024,
    minimum: 1024,
    description: "The longest message that is read; a longer one is an error.",
  }),
});

export type TargetSettings = Static<typeof targetSettings>;

/** The target's schema with the common settings after its own; a setting of its own with a common name wins. */
export function withTargetSettings(own: TObject): TObject {
  return Type.Object({
    ...own.properties,
    ...Object.fromEntries(Object.entries(targetSettings.properties).filter(([name]) => !(name in own.properties))),
  });
}
