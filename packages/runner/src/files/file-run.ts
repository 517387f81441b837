/** What the files of a run are taken and put away with. */
import { resolve } from "node:path";
import type { PluginEvent } from "@tapline/protocol";
import type { FilesSettings } from "../model/files-schema.ts";
import type { Project } from "../model/project.ts";
import type { Step } from "../model/step.ts";
import type { StopSource } from "../model/stop.ts";
import type { Store } from "../state/store.ts";
import { type Claim, claimKey, claimPrefix, type Owner } from "./file-facts.ts";

export interface FileRun {
  project: Project;
  step: Step;
  runId: string;
  store: Store;
  settings: FilesSettings;
  stop: StopSource;
  filter?: readonly string[] | undefined;
  log(level: "info" | "warning", message: string): void;
  onEvent(event: PluginEvent): void;
}

export const ownerOf = ({ step }: Pick<FileRun, "step">): Owner => ({ environment: step.environment, tap: step.tap.plugin.name });

/** Where a path of the tap is. */
export const placeOf = ({ project }: Pick<FileRun, "project">, path: string): string => resolve(project.folder, path);

/** All claims of the tap, by path. */
export async function claimsOf(store: Store, owner: Owner): Promise<Map<string, Claim>> {
  const facts = await store.facts.list<Claim>("file", { prefix: claimPrefix(owner) });
  return new Map(facts.map(({ value }) => [value.path, value]));
}

/** Replaces or (null) deletes a claim, unless the path has another one by now. */
export function changeClaim(run: FileRun, claim: Claim, value: Claim | null): Promise<void> {
  const key = claimKey(ownerOf(run), claim.path);
  return run.store.facts.decide<Claim, void>("file", [key], ([now]) => ({
    answer: undefined,
    write: now?.id === claim.id ? { [key]: value } : {},
  }));
}
