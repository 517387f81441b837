/** Singer target that writes one JSON lines file for each stream. */
import { capabilities } from "@tapline/protocol";
import { checkFolder, defineTarget, packageVersion, Type } from "@tapline/sdk";
import { errors } from "./errors.ts";
import { openSink } from "./sink.ts";

export { targetJsonlErrorCatalogue } from "./errors.ts";

export default defineTarget({
  name: "target-jsonl",
  version: packageVersion(import.meta.url),
  description: "Writes each stream to a JSON lines file.",
  config: Type.Object({
    destination_path: Type.String({
      default: ".",
      description: "Folder of the files, one for each stream; it is created when it is missing.",
    }),
  }),
  capabilities: [capabilities.rejects],
  loadMethods: ["append-only"],
  async open({ destination_path }) {
    return openSink(destination_path);
  },
  async test({ destination_path }) {
    return [await checkFolder(destination_path, (path, reason, cause) => errors.folder_unusable({ path, reason }, {}, cause))];
  },
});
