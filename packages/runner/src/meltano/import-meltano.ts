/** Makes a project of tapline of a Meltano project: its tapline.yml, its states, and what has no counterpart, line by line. */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { Document, isScalar, visit } from "yaml";
import { errors } from "../errors.ts";
import type { MeltanoGap } from "../model/meltano.ts";
import type { PluginEntry } from "../model/plugin-schema.ts";
import type { Project } from "../model/project.ts";
import type { ProjectFile } from "../model/project-schema.ts";
import { findNpmPlugin } from "../plugins/npm-plugins.ts";
import { reportedAbout } from "../plugins/prepare.ts";
import { openMeltano } from "../project/meltano/open-meltano.ts";
import { readMeltanoSource } from "../project/meltano/read-source.ts";
import { translate } from "../project/meltano/translate.ts";
import { entryOf } from "../project/plugin-entry.ts";
import { environmentOf, openProject } from "../project/project.ts";
import { parseProject } from "../project/project-file.ts";
import { readText } from "../project/project-files.ts";
import { meltanoPlace } from "../state/meltano/places.ts";
import { copyStates, type TakenOver } from "../state/meltano/take-over.ts";
import { openStore } from "../state/open-store.ts";
import { forTapline } from "./for-tapline.ts";
import { type NpmOffer, offerFor, ourPlugins, withNpm, withOurSettings } from "./npm-offers.ts";

export interface ImportOptions {
  /** With meltano.yml. */
  folder: string;
  processEnv: NodeJS.ProcessEnv;
  binFolders: readonly string[];
  /** Plugins that a plugin of npm takes the place of; "all": all that can be replaced. */
  npm: readonly string[];
  /** Nothing is written. */
  isDry: boolean;
}

export interface Imported {
  /** The text of tapline.yml. */
  text: string;
  path: string;
  counts: { plugins: number; environments: number; jobs: number; schedules: number };
  gaps: readonly MeltanoGap[];
  offers: readonly NpmOffer[];
  /** The plugins that were replaced. */
  replaced: readonly NpmOffer[];
  states: readonly TakenOver[];
}

/** @throws meltano_missing, import_there, npm_not_fitting, and what reading the project and its states throws */
export async function importMeltano(options: ImportOptions): Promise<Imported> {
  const { folder, processEnv, binFolders, npm, isDry } = options;
  const path = join(folder, "tapline.yml");
  if (!existsSync(join(folder, "meltano.yml"))) throw errors.meltano_missing({ folder });
  if (!isDry && existsSync(path)) throw errors.import_there({}, { file: path });
  const source = readMeltanoSource(folder);
  const dotenv = join(folder, ".env");
  const given = { ...(existsSync(dotenv) ? parseEnv(readText(dotenv)) : {}), ...processEnv };
  const meltano = openMeltano(folder, processEnv);
  const { file, gaps, targets } = forTapline(translate(source, given), given, join(folder, "meltano.yml"));
  const offers = await offersIn(file, meltano, binFolders);
  const replaced = chosen(offers, npm);
  const text = textOf(withReplaced(file, replaced));
  parseProject(text, path);
  const { plugins = {}, environments = {}, jobs = {}, schedules = [] } = file;
  const counts = {
    plugins: Object.keys(plugins).length,
    environments: Object.keys(environments).length,
    jobs: Object.keys(jobs).length,
    schedules: schedules.length,
  };
  const result = { text, path, counts, gaps, offers: offers.filter((each) => !replaced.includes(each)), replaced };
  if (isDry) return { ...result, states: [] };
  writeFileSync(path, text, { flag: "wx" });
  return { ...result, states: await takeOver(meltano, targets) };
}

/** A second import after a kill finds the states that are there. */
async function takeOver(meltano: Project, targets: ReadonlyMap<string, string>): Promise<TakenOver[]> {
  const environment = environmentOf(meltano);
  await using store = await openStore(openProject(meltano.folder, meltano.processEnv), environment);
  return await copyStates({ place: meltanoPlace(meltano, environment), store, ourId: (id) => renamed(id, targets) }, meltano);
}

/** A target that was made for one tap has another name, and so has the state. */
function renamed(id: string, targets: ReadonlyMap<string, string>): string {
  const [environment = "", pipe = "", ...suffix] = id.split(":");
  for (const [names, own] of targets) {
    const [tap, target] = names.split(" ");
    if (pipe === `${tap}-to-${target}`) return [environment, `${tap}-to-${own}`, ...suffix].join(":");
  }
  return id;
}

async function offersIn(file: ProjectFile, meltano: Project, binFolders: readonly string[]): Promise<NpmOffer[]> {
  const { plugins = {}, environments = {} } = file;
  // In it, the name of a Python plugin leads to that of npm.
  const empty: Project = { ...meltano, parsed: parsedEmpty(meltano), isReadOnly: true };
  delete (empty as { meltano?: unknown }).meltano;
  const offers: NpmOffer[] = [];
  for (const name of Object.keys(plugins)) {
    const { chain } = entryOf(meltano.parsed, name);
    if (chain.length > 1) continue;
    const base = baseOf(plugins[name] as PluginEntry, name);
    const npm = ourPlugins[base]?.npm;
    if (npm === undefined || findNpmPlugin(empty, npm, binFolders) === undefined) continue;
    const about = await reportedAbout(empty, npm, { binFolders });
    const entries = heirsOf(file, name).flatMap((each) => [
      plugins[each] as PluginEntry,
      ...Object.values(environments).flatMap((environment) => (environment?.plugins?.[each] as PluginEntry | null | undefined) ?? []),
    ]);
    const offer = offerFor(name, base, entries, about);
    if (offer !== undefined) offers.push(offer);
  }
  return offers;
}

const parsedEmpty = ({ path }: Project): Project["parsed"] => {
  const file = parseProject("", path);
  return { file: file.file, files: [file], locate: file.locate };
};

/** The name of what it is, as the hub has it. */
function baseOf({ definition }: PluginEntry, name: string): string {
  const locked = typeof definition === "string" ? /([^/]+?)(?:--[^/]*)?\.lock$/.exec(definition)?.[1] : undefined;
  return locked ?? (typeof definition === "object" && typeof definition.name === "string" ? definition.name : name);
}

/** @throws npm_not_fitting */
function chosen(offers: readonly NpmOffer[], npm: readonly string[]): NpmOffer[] {
  const fitting = offers.filter(({ unknown }) => unknown.length === 0);
  if (npm.includes("all")) return fitting;
  return npm.map((name) => {
    const offer = offers.find(({ plugin }) => plugin === name);
    if (offer === undefined || offer.unknown.length > 0)
      throw errors.npm_not_fitting({
        name,
        unknown: offer?.unknown,
        npm: offer?.npm,
        fitting: fitting.length === 0 ? undefined : fitting.map(({ plugin }) => plugin).join(", "),
      });
    return offer;
  });
}

function withReplaced(file: ProjectFile, replaced: readonly NpmOffer[]): ProjectFile {
  const result = structuredClone(file) as { plugins?: Entries; environments?: Record<string, { plugins?: Entries } | null> };
  const { plugins = {}, environments = {} } = result;
  for (const { plugin } of replaced) {
    const base = baseOf(plugins[plugin] as PluginEntry, plugin);
    for (const entries of [plugins, ...Object.values(environments).map((each) => each?.plugins ?? {})])
      for (const heir of heirsOf(file, plugin)) if (entries[heir]) entries[heir] = withOurSettings(entries[heir], base);
    plugins[plugin] = withNpm(plugins[plugin] as PluginEntry, base);
  }
  return result as ProjectFile;
}

type Entries = Record<string, PluginEntry | null>;

/** The plugin itself, and those that inherit from it, such as mappings. */
function heirsOf({ plugins = {} }: ProjectFile, name: string): string[] {
  const entries = plugins as Entries;
  const isHeir = (each: string): boolean => {
    const parent = entries[each]?.inherit_from;
    return each === name || (parent !== undefined && parent !== each && isHeir(parent));
  };
  return Object.keys(entries).filter(isHeir);
}

/** Short lists of words are in one line, as a person writes them. */
function textOf(file: ProjectFile): string {
  const document = new Document(file);
  visit(document, {
    Seq(_, list) {
      if (list.items.length <= 6 && list.items.every(isScalar)) list.flow = true;
    },
  });
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return `# Made of meltano.yml by: tapline import meltano\n${text}`;
}
