/** The setting `batch_config` of taps that hand over files; its form is that of the Singer SDK. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Static, Type } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { FileFormat, FileOutput, Log } from "./define.ts";

/** @param own the format of the tap's files */
export const batchConfig = (own: FileFormat) =>
  Type.Object(
    {
      encoding: Type.Object({
        format: Type.String({ description: `\`${own}\`; with any other format the tap sends records.` }),
        compression: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: "Has no effect: files are not compressed." })),
      }),
      storage: Type.Object({
        root: Type.String({ description: "A folder, as `file:///…`." }),
        prefix: Type.Optional(Type.String({ description: "Has no effect." })),
      }),
      batch_size: Type.Optional(Type.Integer({ minimum: 1, description: "Rows of a file. Default: as many as are in 32 MiB." })),
    },
    {
      description: `Hands over files that the target reads, in place of records. tapline sets it where the target lists \`batch:${own}\` (see \`batch\` of a job).`,
    },
  );

export type BatchConfig = Static<ReturnType<typeof batchConfig>>;

/** Makes the folder. @throws batch_url_unsupported, batch_folder_unusable */
export function fileOutputOf(own: FileFormat, config: BatchConfig | undefined, log: Log): FileOutput | undefined {
  if (config === undefined) return undefined;
  const { encoding, storage, batch_size: rowsPerFile } = config;
  if (encoding.format !== own) {
    log(
      "warning",
      `batch_config asks for files in the format ${JSON.stringify(encoding.format)}, but this tap writes ${own} alone: it sends records`,
    );
    return undefined;
  }
  let folder: string;
  try {
    folder = fileURLToPath(storage.root);
  } catch (error) {
    throw errors.batch_url_unsupported({ url: storage.root }, { setting: "batch_config.storage.root" }, error);
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw errors.batch_folder_unusable({ path: folder, reason: (error as Error).message }, { setting: "batch_config.storage.root" }, error);
  }
  return { format: own, folder, rowsPerFile };
}
