/** Makes the settings of a tap from files or a URL that a person named, and proposes the streams that it reads. */

import { type Opening, readCatalog } from "@tapline/protocol";
import { askForCatalog } from "../catalog/discover.ts";
import { errors } from "../errors.ts";
import type { Failure } from "../model/failure.ts";
import type { Project } from "../model/project.ts";
import { preparePlugin } from "../plugins/prepare.ts";
import type { AskContext } from "../process/ask-plugin.ts";
import { type Address, filesOf, readAddress, settingOf } from "./address.ts";
import type { BriefProject } from "./brief-project.ts";
import { expandAddress } from "./expand-address.ts";
import { findOpener } from "./find-opener.ts";
import {
  configOf,
  type FoundStream,
  type ProposedStream,
  proposalFrom,
  streamsOfFiles,
  withDoubtfulKeys,
  withKeysOf,
} from "./propose-streams.ts";

export interface SourceRequest extends Omit<AskContext, "project"> {
  /** Files, folders, or one URL. */
  sources: readonly string[];
  /** What relative paths are relative to. */
  folder: string;
  /** The tap that a person chose; undefined: the one that opens the sources. */
  tap?: string | undefined;
  /** Read all files as one stream of this name. */
  stream?: string | undefined;
  binFolders: readonly string[];
}

export interface SourceProposal {
  tap: string;
  opening: Opening;
  /** All that the tap reports. */
  openings: readonly Opening[];
  /** Of a URL or a database file: the settings of the tap. undefined: they are made of the streams, with `configOf`. */
  config: Record<string, unknown> | undefined;
  streams: ProposedStream[];
  /** Files of the folders that are not read. */
  left: string[];
}

/** @throws address_not_found, address_unknown, address_ambiguous, sources_differ, variable_missing */
export async function proposeSource(
  brief: BriefProject,
  base: Project,
  request: SourceRequest,
): Promise<SourceProposal | { failure: Failure }> {
  const { folder, tap, binFolders } = request;
  const addresses = request.sources.map((text) => readAddress(text, folder, { mustExist: true }));
  const openers = await Promise.all(addresses.map((address) => findOpener(base, address, { kind: "tap", plugin: tap, binFolders })));
  const [opener] = openers;
  const [address] = addresses;
  if (opener === undefined || address === undefined) throw errors.address_not_found({ address: "" });
  const plugins = [...new Set(openers.map(({ plugin }) => plugin))];
  const hasUrl = addresses.some(({ kind }) => kind === "url");
  if (plugins.length > 1 || (hasUrl && addresses.length > 1)) throw errors.sources_differ({ plugins });
  const { plugin, opening, openings } = opener;
  const files = [...new Set(addresses.flatMap((each, index) => filesOf(openers[index]?.opening ?? opening, each)))];
  const found: FoundStream[] = request.stream === undefined ? streamsOfFiles(files) : [{ name: request.stream, files, keys: [] }];
  const left = addresses.flatMap((each) => (each.kind === "folder" ? each.files.filter((path) => !files.includes(path)) : []));
  // A file that is no item of a list of streams, such as a database, has its own streams, as a URL has.
  const isWhole = hasUrl || (addresses.length === 1 && address.kind === "file" && opening.list === undefined);
  const config = isWhole ? { [opening.setting]: expandAddress(settingOf(opening, address, folder), base.variables) } : undefined;
  const project = brief.with({ [plugin]: { config: config ?? configOf(opening, found) } });
  const ready = await preparePlugin(project, plugin, { binFolders });
  const answer = await askForCatalog(ready, ready.redact, { ...request, project });
  const proposed = proposalFrom(found, answer);
  if ("failure" in proposed) return proposed;
  const doubtful = request.stream === undefined && config === undefined ? withDoubtfulKeys(proposed.streams) : [];
  const done = { tap: plugin, opening, openings, config, streams: proposed.streams, left };
  if (doubtful.length === 0) return done;
  const joined = brief.with({
    [plugin]: {
      config: configOf(
        opening,
        doubtful.map(({ name, files }) => ({ name, files, keys: [] })),
      ),
    },
  });
  const again = await preparePlugin(joined, plugin, { binFolders });
  // The warnings of the files were reported by the first answer.
  const common = await askForCatalog(again, again.redact, { ...request, project: joined, onEvent() {} });
  return "failure" in common ? common : { ...done, streams: withKeysOf(proposed.streams, readCatalog(JSON.parse(common.catalog))) };
}

/** The target that opens an address. @throws address_unknown, address_ambiguous */
export async function proposeTarget(
  base: Project,
  {
    address: text,
    folder,
    target,
    binFolders,
  }: { address: string; folder: string; target?: string | undefined; binFolders: readonly string[] },
): Promise<{ target: string; opening: Opening; address: Address }> {
  const address = readAddress(text, folder, { mustExist: false });
  const { plugin, opening } = await findOpener(base, address, { kind: "target", plugin: target, binFolders });
  return { target: plugin, opening, address };
}
