/** Answers `--inventory FILE`: what a tap's source has beside rows, as JSON lines. */
import { readInventoryQuestion, type Static, type TObject } from "@tapline/protocol";
import { readJsonObject } from "../config/read.ts";
import { errors } from "../errors.ts";
import type { Tap } from "../tap/define-tap.ts";
import { type PluginRun, print } from "./run-plugin.ts";

/** @throws usage, what the tap throws */
export async function printInventory<C extends TObject>(
  tap: Tap<C>,
  path: string,
  { config, report }: PluginRun<Static<C>>,
): Promise<void> {
  const refuse = (reason: string) => errors.usage({ plugin: tap.name, reason });
  if (tap.inventory === undefined) throw refuse(`${tap.name} tells nothing of its source: it has no --inventory`);
  const question = readInventoryQuestion(await readJsonObject(path));
  if (question === undefined) throw refuse(`The file of --inventory, ${path}, does not hold {"streams": […]}`);
  const lines = await tap.inventory(config, question.streams, report.log);
  print(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
