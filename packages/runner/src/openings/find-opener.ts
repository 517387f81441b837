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
}

export interface OpenerSearch {
  kind: "tap" | "target";
  /** The plugin that a person chose; undefined: any. */
  plugin?: string | undefined;
  binFolders: readonly string[];
}

/** @throws address_unknown, address_ambiguous, plugin_not_found */
export async function findOpener(project: Project, address: Address, { kind, plugin, binFolders }: OpenerSearch): Promise<Opener> {
  const names = installedPlugins(project, binFolders).filter((name) => kindOf(project.parsed, name) === kind);
  const asked = plugin === undefined ? names : [plugin];
  const abouts = await Promise.all(asked.map(async (name) => ({ name, about: await reportedAbout(project, name, { binFolders }) })));
  const found = abouts.flatMap(({ name, about }): Opener[] => {
    const opening = about?.opens?.find((each) => opensAddress(each, address));
    return opening === undefined ? [] : [{ plugin: name, opening }];
  });
  const [only] = found;
  const text = shownAddress(address);
  if (only === undefined)
    throw errors.address_unknown({ address: text, kind, known: [...new Set(abouts.flatMap(({ about }) => formsOf(about)))] });
  if (found.length > 1) throw errors.address_ambiguous({ address: text, plugins: found.map((each) => each.plugin), flag: kind });
  return only;
}

function formsOf(about: ReportedAbout | null): string[] {
  return (about?.opens ?? []).flatMap(({ schemes = [], extensions = [] }) => [...schemes.map((scheme) => `${scheme}:…`), ...extensions]);
}
