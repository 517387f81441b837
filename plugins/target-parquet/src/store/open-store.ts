/** The store that the setting destination_path names. */
import { isS3 } from "@tapline/s3";
import type { Config } from "../config.ts";
import { localStore } from "./local-store.ts";
import type { Store } from "./store.ts";

/** `id`: of the writer */
export async function openStore({ destination_path: path, endpoint }: Config, id: string): Promise<Store> {
  // Imported here because AWS's client takes 0.2 s of CPU to load.
  if (isS3(path)) return (await import("./s3-store.ts")).s3Store(path, endpoint);
  return localStore(path, id);
}
