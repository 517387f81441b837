/** Pauses and resumes a schedule, a sensor or a job, in the store of each environment it runs in. */
import { openProject } from "@tapline/runner";
import { pause, plansNamed, resume, storesOf } from "@tapline/server";
import { printLines } from "./terminal.ts";

/** @throws name_unknown, errors of the store */
export async function pauseOrResume(action: "pause" | "resume", name: string, reason?: string): Promise<void> {
  const project = openProject(process.cwd());
  const plans = plansNamed(project, name);
  await using stores = storesOf(project);
  let wasPaused = false;
  for (const environment of new Set(plans.map((plan) => plan.environment))) {
    const store = await stores.storeOf(environment);
    if (action === "pause") await pause(store, name, reason ?? null);
    else wasPaused = (await resume(store, name)) || wasPaused;
  }
  if (action === "pause") printLines([`Paused ${name}. To go on: tapline resume ${name}`]);
  else printLines([wasPaused ? `Resumed ${name}.` : `${name} was not paused.`]);
}
