/** Singer mapper that does what `stream_maps` say, between any tap and any target. */
import { type Mapper, packageVersion } from "@tapline/sdk";

const mapper: Mapper = {
  name: "tapline-map",
  version: packageVersion(import.meta.url),
  description:
    "Renames, filters, drops, hashes and computes properties, and renames, drops and copies streams, between a tap and a target.",
};

export default mapper;
