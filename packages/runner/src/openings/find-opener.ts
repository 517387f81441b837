/** Finds the installed plugin that opens an address. Plugins report it themselves, in `opens` of `--about`. */

import type { Opening, ReportedAbout } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { installedPlugins } from "../plugins/npm-plugins.ts";
import { reportedAbout } from "../plugins/prepare.ts";
import { kindOf } from "../project/plugin-entry.ts";
import { type Address, opensAddress, shownAddress } from "./address.ts";

export interface Opener {
  plugin: string;
  opening: Opening;
  /** All that the plugin reports. */
  openings: readonly Opening[];
}

export interface OpenerSearch {
  kind: "tap" | "target";
  /** The plugin that a person chose; undefined: any. */
  plugin?: string | undefined;
  binFolders: readonly string[];
}

/** @throws address_unknown, address_incomplete, folder_not_opened, address_ambiguous, plugin_not_found */
export async function findOpener(project: Project, address: Address, { kind, plugin, binFolders }: OpenerSearch): Promise<Opener> {
  const names = installedPlugins(project, binFolders).filter((name) => kindOf(project.parsed, name) === kind);
  const asked = plugin === undefined ? names : [plugin];
  const abouts = await Promise.all(asked.map(async (name) => ({ name, about: await reportedAbout(project, name, { binFolders }) })));
  const found = abouts.flatMap(({ name, about }): Opener[] => {
    const opening = about?.opens?.find((each) => opensAddress(each, address));
    return opening === undefined ? [] : [{ plugin: name, opening, openings: about?.opens ?? [] }];
  });
  const [only] = found;
  const text = shownAddress(address);
  if (only === undefined) {
    const known = [...new Set(abouts.flatMap(({ about }) => formsOf(about)))];
    if (address.kind !== "folder") throw errors.address_unknown({ address: text, kind, known });
    throw errors.folder_not_opened({ folder: text, kind, known: known.filter((form) => form.startsWith(".")) });
  }
  if (found.length > 1) throw errors.address_ambiguous({ address: text, plugins: found.map((each) => each.plugin), flag: kind });
  if (address.kind === "url" && new RegExp(`^${address.scheme.replace(/[+.]/g, "\\$&")}:(//)?$`, "i").test(text))
    throw errors.address_incomplete({ address: text });
  return only;
}

function formsOf(about: ReportedAbout | null): string[] {
  return (about?.opens ?? []).flatMap(({ schemes = [], extensions = [] }) => [...schemes.map((scheme) => `${scheme}:…`), ...extensions]);
}
