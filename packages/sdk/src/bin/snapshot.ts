/** Answers `--snapshot`: holds a snapshot of the source for other processes, as long as the one that asked for it keeps standard input open. */
import type { Static, TObject } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Tap } from "../tap/define-tap.ts";
import { type PluginRun, print } from "./run-plugin.ts";

/** @throws usage, what the tap throws, also when the source ends the snapshot */
export async function holdSnapshot<C extends TObject>(tap: Tap<C>, { config, signal }: PluginRun<Static<C>>): Promise<void> {
  if (tap.snapshot === undefined) throw errors.usage({ plugin: tap.name, reason: `${tap.name} holds no snapshots` });
  await using held = await tap.snapshot(config);
  print(`${JSON.stringify(held.value)}\n`);
  const released = new Promise<undefined>((resolve) => {
    const end = (): void => resolve(undefined);
    signal.addEventListener("abort", end);
    process.stdin.on("end", end).on("close", end).on("error", end).resume();
  });
  const lost = await Promise.race([released, held.lost]);
  process.stdin.destroy();
  if (lost !== undefined) throw lost;
}
