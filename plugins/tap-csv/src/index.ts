/** The definition of tap-csv: a Singer tap that reads CSV and Excel files. */
import { defineTap, packageVersion } from "@tapline/sdk";
import { config } from "./config.ts";
import { discoverStreams } from "./discover.ts";
import { sourceFiles } from "./find/claimed.ts";
import { tableExtensions, textExtensions } from "./find/list.ts";
import { inspectCommand } from "./inspect-command.ts";
import { keptRejects } from "./rows/kept-rejects.ts";

export { tapCsvErrorCatalogue } from "./errors.ts";

export default defineTap({
  name: "tap-csv",
  version: packageVersion(import.meta.url),
  description: "Reads CSV and Excel files, detects types, and reports the exact position of every error.",
  config,
  streams: discoverStreams,
  rejects: ({ rejects }) => keptRejects(rejects),
  opens: [tableExtensions, textExtensions].map((extensions) => ({
    ...{ extensions, setting: "path", patterns: true },
    ...{ list: "files", stream: "entity", keys: "keys", read_again: "read_again" },
  })),
  files: "csv",
  sourceFiles,
  commands: [inspectCommand],
});
