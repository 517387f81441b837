/** target-parquet keeps the promises of every target. */
import { describeTarget, ownCommand } from "@tapline/testing";
import { readStream } from "./read-stream.ts";

describeTarget({
  command: ownCommand(import.meta.url),
  config: (folder) => ({ destination_path: folder }),
  read: readStream,
  loadMethods: ["append-only", "upsert", "overwrite"],
  anyInteger: true,
});
