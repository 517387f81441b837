/** Singer target that writes Parquet files, which a manifest commits. */
import { randomUUID } from "node:crypto";
import { capabilities } from "@tapline/protocol";
import { defineTarget, packageVersion } from "@tapline/sdk";
import { type Config, config } from "./config.ts";
import { lastState } from "./ledger.ts";
import { readOnly, replace, taken } from "./manifest/held-manifest.ts";
import { openDigest, openRows } from "./query/open-rows.ts";
import { openSink } from "./sink.ts";
import { openStore } from "./store/open-store.ts";

export { targetParquetErrorCatalogue } from "./errors.ts";
export { typeRules } from "./stream/types.ts";

const version = packageVersion(import.meta.url);

export default defineTarget({
  name: "target-parquet",
  version,
  description: "Writes each stream to Parquet files.",
  config,
  capabilities: [
    capabilities.activateVersion,
    capabilities.continues,
    capabilities.deselected,
    capabilities.hardDelete,
    capabilities.rejects,
    capabilities.replaceSource,
  ],
  loadMethods: ["upsert", "append-only", "overwrite"],
  singleWriter: { setting: "destination_path" },
  open: (given: Config) => openSink(given, { version }),
  async lastState(given: Config, stateId: string) {
    await using store = await openStore(given, randomUUID());
    const { run_id: runId } = given;
    if (runId === undefined) return lastState(await readOnly(store), stateId);
    const { manifest } = await replace(store, (known) => taken(known, { stateId, runId }));
    return lastState(manifest, stateId);
  },
  async test(given: Config) {
    await using store = await openStore(given, randomUUID());
    await readOnly(store);
    return [await store.check()];
  },
  digest: async (given: Config, signal) =>
    openDigest({ store: await openStore(given, randomUUID()), memoryLimit: given.memory_limit ?? "512MB" }, signal),
  query: async (given: Config, query, signal) =>
    openRows({ store: await openStore(given, randomUUID()), memoryLimit: given.memory_limit ?? "512MB" }, query, signal),
});
