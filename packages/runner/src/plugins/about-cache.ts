/**
 * Keeps what plugins answer to `--about` and `--help` in `.tapline/about/`, so that a run starts each plugin only once. An answer is
 * kept, and so is the answer that the flag is unknown; a plugin that crashed or hung is asked again.
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { capabilities, hasCapability, isSecretName, type ReportedAbout, readAbout } from "@tapline/protocol";
import type { Executable, Plugin } from "../model/plugin.ts";
import type { Project } from "../model/project.ts";
import type { CatalogOption } from "../model/step.ts";
import { type Answer, ask } from "./ask.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { keptPath, writeKept } from "./kept-file.ts";

/** null when the plugin does not answer with a JSON object. */
export async function aboutOf(project: Project, plugin: Plugin, executable: Executable): Promise<ReportedAbout | null> {
  const answer = await answerOf(project, plugin, executable, ["--about", "--format", "json"]);
  return answer.code === 0 ? readAbout(answer.text) : null;
}

/** The option by which a tap takes its catalog. The help text of an old tap shows it. */
export async function catalogOptionOf(
  project: Project,
  tap: Plugin,
  executable: Executable,
  about: ReportedAbout | null,
): Promise<CatalogOption> {
  if (hasCapability(about, capabilities.catalog)) return "--catalog";
  if (hasCapability(about, capabilities.properties)) return "--properties";
  // A tap that lists capabilities but neither of these takes both options.
  if (about?.capabilities !== undefined) return "--catalog";
  const { text } = await answerOf(project, tap, executable, ["--help"]);
  return !/--catalog\b/.test(text) && /--properties\b/.test(text) ? "--properties" : "--catalog";
}

async function answerOf(project: Project, plugin: Plugin, executable: Executable, args: readonly string[]): Promise<Answer> {
  const folder = join(project.folder, ".tapline", "about");
  // Variables may change the answer. Secrets are left out: they must not get into a file, not even hashed.
  const env = Object.entries(plugin.env).filter(([name]) => !isSecretName(name));
  const key = createHash("sha256")
    .update(JSON.stringify([args, env.sort(), fingerprintOf(executable)]))
    .digest("hex");
  const path = keptPath(folder, plugin.name, key);
  const kept = read(path);
  if (kept !== undefined) return kept;
  const answer = await ask(plugin, executable, args, { cwd: project.folder, processEnv: project.processEnv });
  // `tapline about` also works without a project; then nothing may be written.
  if (project.isReadOnly === true || !existsSync(project.path)) return answer;
  if (answer.code === 0 || isRefusal(answer)) writeKept(folder, plugin.name, path, JSON.stringify({ ...answer, errorText: "" }));
  return answer;
}

/** What argument parsers print about an unknown flag. */
function isRefusal({ code, text, errorText }: Answer): boolean {
  return code !== null && /unrecogni[sz]ed argument|unknown (option|argument)|no such option|^usage:/im.test(text + errorText);
}

function read(path: string): Answer | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Answer;
  } catch {
    return undefined;
  }
}
