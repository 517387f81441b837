/** Where the root is: what the target needs of a folder of this computer or of a prefix in S3. */
import { setTimeout as pause } from "node:timers/promises";
import { manifestName } from "../manifest/manifest.ts";
import { ownFile } from "./own-file.ts";

/** One state of the manifest. `tag` is what a replacement must still find; null where there is no manifest. */
export interface StoredManifest {
  text: string | null;
  tag: string | null;
}

export interface Store extends AsyncDisposable {
  /** The root for people: a path or a URL. */
  readonly location: string;
  /** Whether another process of this computer can be asked if it still runs. */
  readonly isLocal: boolean;
  readManifest(): Promise<StoredManifest>;
  /** Durable when it resolves. @returns the new tag. @throws ManifestMoved where the manifest no longer has the tag */
  replaceManifest(text: string, tag: string | null): Promise<string>;
  /** A folder on this computer for files that are being written. */
  readonly staging: string;
  /** A new path in it. */
  newPath(): string;
  /** Moves a finished file to its place below the root, whole and durable. */
  publish(path: string, name: string): Promise<void>;
  /** A path on this computer with the bytes of a published file, until `release`. */
  open(name: string): Promise<string>;
  release(path: string): Promise<void>;
  /** The names of this target's files below the root, listed or not. */
  listOwn(): Promise<string[]>;
  /** Deletes this target's files but for those listed, and what other loads left on the way there. Called by the load that may commit. */
  clean(listed: ReadonlySet<string>): Promise<void>;
  remove(names: readonly string[]): Promise<void>;
  /** Whether a load could begin, as a sentence. It changes nothing. @throws the error that a load would meet */
  check(): Promise<string>;
}

/** The manifest was replaced by another process since it was read. */
export class ManifestMoved extends Error {}

/** Waits a moment before the manifest is read again. */
export const briefly = (): Promise<void> => pause(20);

/** Those of this target's files among all files below a root. What lies below another manifest belongs to another root. */
export function ownFiles(names: readonly string[]): string[] {
  const suffix = `/${manifestName}`;
  const others = names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -manifestName.length));
  return names.filter((name) => ownFile.test(name) && !others.some((folder) => name.startsWith(folder)));
}
