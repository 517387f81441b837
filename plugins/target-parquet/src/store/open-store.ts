/** The store that the setting destination_path names. */
import type { Config } from "../config.ts";
import { localStore } from "./local-store.ts";
import type { Store } from "./store.ts";

/** `id`: of the writer */
export async function openStore({ destination_path: path }: Config, id: string): Promise<Store> {
  return localStore(path, id);
}
