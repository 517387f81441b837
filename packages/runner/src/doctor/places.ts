/** What runs of a project need besides plugins: the store of states, the folders that files are put away in, the channels for notices. */
import { accessSync, constants, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { archiveOf } from "../model/files-schema.ts";
import type { Project } from "../model/project.ts";
import { openChannel } from "../notify/channels.ts";
import { isNamedBy } from "../project/glob.ts";
import { entryOf, tapsWithFilesIn } from "../project/plugin-entry.ts";
import { isKeptInProject, openStoreIfThere } from "../state/open-store.ts";
import { attempt, type Finding, ok } from "./finding.ts";

/** Makes nothing, and tells nobody anything. */
export async function* placesOf(project: Project, environment: string): AsyncGenerator<Finding> {
  yield await storeOf(project, environment);
  for (const tap of tapsWithFilesIn(project.parsed, environment)) {
    yield archiveIn(project, tap, archiveOf(entryOf(project.parsed, tap, environment).entry.files ?? {}));
  }
  for (const [name, { environments = ["*"] }] of Object.entries(project.parsed.file.notify?.channels ?? {})) {
    if (!isNamedBy(environments, environment)) continue;
    const opened = await attempt(`channel ${name}`, () => openChannel(project, environment, name));
    if ("finding" in opened) yield opened.finding;
    else yield { ...ok(`channel ${name}`, "its settings are there"), fix: `To send a test: tapline notify test ${name}` };
  }
}

async function storeOf(project: Project, environment: string): Promise<Finding> {
  const about = "store";
  const opened = await attempt(about, async () => {
    await using store = await openStoreIfThere(project, environment);
    const where = isKeptInProject(project, environment) ? "in .tapline" : `of the environment ${environment}`;
    if (store === undefined) return `states ${where} are kept from the first run on`;
    await store.states();
    return `states ${where} can be read`;
  });
  return "finding" in opened ? opened.finding : ok(about, opened.value);
}

function archiveIn(project: Project, tap: string, archive: string): Finding {
  const about = `files of ${tap}`;
  const folder = existing(resolve(project.folder, archive));
  try {
    accessSync(folder, constants.W_OK);
    return ok(about, `they can be put away in ${archive}`);
  } catch {
    const fix = "Give the user that runs tapline write permission there, or name another folder: files.archive of the tap.";
    return { status: "problem", about, message: `${folder} is not writable, so no file can be put away in ${archive}`, fix };
  }
}

/** The folder, or the nearest one above it that is there. */
const existing = (folder: string): string => (existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder)));
