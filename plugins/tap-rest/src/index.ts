/** tap-rest: reads APIs that are described in YAML or JSON. */
import { openRest } from "@tapline/rest";
import { defineTap, packageVersion } from "@tapline/sdk";
import { commands } from "./commands.ts";
import { config } from "./config.ts";
import { readDefinition } from "./definition/read.ts";
import { describedApi } from "./definition/to-streams.ts";

export { definitionSchema } from "./definition/schema.ts";
export { tapRestErrorCatalogue } from "./errors.ts";

export default defineTap({
  name: "tap-rest",
  version: packageVersion(import.meta.url),
  description: "Reads REST APIs that are described in YAML or JSON.",
  config,
  commands,
  open({ definition, values = {}, streams, secrets_file: secretsFile }, context) {
    const described = describedApi(readDefinition(definition), values, streams);
    return openRest(described.api, described.streams, context, secretsFile);
  },
});
