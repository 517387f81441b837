/** Singer tap that reads CSV files, from bytes to Singer lines. */
import { defineTap, packageVersion } from "@tapline/sdk";
import { config } from "./config.ts";
import { discoverStreams } from "./discover.ts";
import { inspectCommand } from "./inspect.ts";

export { tapCsvErrorCatalogue } from "./errors.ts";

export default defineTap({
  name: "tap-csv",
  version: packageVersion(import.meta.url),
  description: "Reads CSV files, typed, with the exact place of whatever is wrong in them.",
  config,
  streams: discoverStreams,
  commands: [inspectCommand],
});
