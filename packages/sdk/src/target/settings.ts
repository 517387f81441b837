/** The settings of every target; a target adds its own. Names are those of the Singer SDK where it has them. */
import { mapSettings } from "@tapline/maps/settings";
import { type Check, type Static, type TObject, Type } from "@tapline/protocol";
import { flatteningSettings } from "../flatten/settings.ts";
import type { LoadMethod } from "./define.ts";
import type { RowRange } from "./range-settings.ts";

const targetSettings = Type.Object({
  load_method: Type.Optional(
    Type.Union([Type.Literal("append-only"), Type.Literal("upsert"), Type.Literal("append"), Type.Literal("overwrite")], {
      description:
        "How rows enter a table: `upsert` replaces rows with the same key, `append-only` (or `append`) adds them, `overwrite` puts them in place of all old rows once the input has ended whole. Default: upsert where a stream has key_properties, else append-only.",
    }),
  ),
  replace_streams: Type.Optional(
    Type.Array(Type.String(), {
      description:
        "Streams that replace their tables in this run (`*`: all streams): the rows of this run are then the only ones, and the table is as a first load of the stream leaves it. The whole run commits once, at its end; tapline sets it for `--full-refresh --replace`.",
    }),
  ),
  on_error: Type.Union([Type.Literal("fail"), Type.Literal("reject")], {
    default: "fail",
    description:
      "A row that doesn't fit: `fail` ends the run with the row's position and the reason; `reject` stores the row and the reason beside the table and continues.",
  }),
  max_rejects: Type.Optional(
    Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: "^[0-9]+(\\.[0-9]+)?%$" })], {
      description:
        'With `on_error: reject`, the run fails when more rows than this are rejected: a count, or a share of the rows received such as `"1%"` (looked at from 1,000 rows on, and at the end). Default: no limit.',
    }),
  ),
  hard_delete: Type.Boolean({
    default: false,
    description:
      "What ACTIVATE_VERSION does to rows of older versions, and a record with _sdc_deleted_at to the row of its key: false marks them in _sdc_deleted_at, true removes them. Tables that are appended to lose no rows: they get a row with the keys and _sdc_deleted_at.",
  }),
  add_record_metadata: Type.Boolean({
    default: true,
    description:
      "Adds the columns _sdc_extracted_at, _sdc_received_at, _sdc_batched_at, _sdc_deleted_at, _sdc_sequence, _sdc_table_version and _sdc_sync_started_at.",
  }),
  validate_records: Type.Boolean({ default: true, description: "Checks each record against its stream's schema before it is written." }),
  ...mapSettings,
  ...flatteningSettings,
  checks: Type.Optional(
    Type.Unsafe<readonly Check[]>({
      type: "array",
      items: { type: "object" },
      description: "Rules that rows must keep. tapline sets it, from `checks` in tapline.yml.",
    }),
  ),
  commit_checks: Type.Optional(
    Type.Unsafe<readonly Check[]>({
      type: "array",
      items: { type: "object" },
      description:
        "Rules that tables must keep before the rows of the run are committed, which is once, at its end: where one is broken, nothing is. tapline sets it, from `checks` with `when: commit` in tapline.yml.",
    }),
  ),
  batch_size_rows: Type.Optional(Type.Integer({ minimum: 1, description: "Commit at the first STATE at or after this many rows." })),
  batch_max_bytes: Type.Integer({
    default: 32 * 1024 * 1024,
    minimum: 1,
    description:
      "Bytes of rows to collect over all streams. Then rows are sent to the database without a commit: the largest stream's first, and those before the last STATE before all others.",
  }),
  commit_after_ms: Type.Integer({
    default: 30_000,
    minimum: 0,
    description: "Commit at the next STATE once rows have waited this long; also when no input arrives.",
  }),
  commit_once: Type.Optional(
    Type.Boolean({
      description:
        "true: the whole run commits once, at the end of a whole input. tapline sets it for back-fills of tables that rows are added to.",
    }),
  ),
  batch_inputs: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        "Folders and files that BATCH messages of the tap may name. Their files are read and stay. tapline adds `storage.root` of the tap's `batch_config`.",
    }),
  ),
  batch_folder: Type.Optional(
    Type.String({
      minLength: 1,
      description: "A folder for the BATCH files of this run alone: each is deleted once its rows are durable. tapline sets it.",
    }),
  ),
  shutdown_timeout_ms: Type.Integer({
    default: 10_000,
    minimum: 0,
    description: "After SIGTERM or SIGINT: the time allowed to commit up to the last STATE; what is not committed then is dropped.",
  }),
  max_line_bytes: Type.Integer({
    default: 128 * 1024 * 1024,
    minimum: 1024,
    description: "The longest message allowed; a longer one is an error.",
  }),
});

export type TargetSettings = Static<typeof targetSettings> & { replace_range?: Readonly<Record<string, RowRange>> };

/**
 * The target's settings, then the common ones. Where both have a name, the target's wins. `replace_streams` is there only for targets
 * whose load methods include `overwrite`.
 * @example checkConfig("target-x", withTargetSettings(target.config), { path: "x" })
 */
export function withTargetSettings(own: TObject, loadMethods: readonly LoadMethod[] = []): TObject {
  const common = Object.entries(targetSettings.properties).filter(
    ([name]) => !(name in own.properties) && (name !== "replace_streams" || loadMethods.includes("overwrite")),
  );
  return Type.Object({ ...own.properties, ...Object.fromEntries(common) });
}

/** Whether the run has one commit, at the end of a whole input: a table or a range is replaced whole or not at all, or is looked at before it. */
export function commitsOnce({
  load_method,
  replace_streams = [],
  commit_once = false,
  replace_range,
  commit_checks = [],
}: TargetSettings): boolean {
  return (
    load_method === "overwrite" || replace_streams.length > 0 || commit_once || replace_range !== undefined || commit_checks.length > 0
  );
}
