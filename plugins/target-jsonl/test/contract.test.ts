/** target-jsonl keeps the promises of every target. */
import { describeTarget, ownCommand } from "@tapline/testing";
import { readFile } from "./read-file.ts";

describeTarget({
  command: ownCommand(import.meta.url),
  config: (folder) => ({ destination_path: folder }),
  read: readFile,
  loadMethods: ["append-only"],
  anyInteger: true,
});
