/** What a migration does now, for people. Pure. */
import { describeBytes, describeCount, describeSeconds, type MigrationEvent, type MigrationPhase } from "@tapline/runner";

const doing: Readonly<Record<MigrationPhase, string>> = {
  export: "Export: from the source to Parquet files, and both compared",
  import: "Import: from the files into the new side",
  verify: "Verify: the files against the new side",
  hybrid: "Hybrid: the old side is the truth, syncs keep the new one level",
  back: "Back: the old side is the only one",
};

export function describePhase(event: MigrationEvent): string[] {
  if (event.type === "migration_started") return event.isResumed ? [`Migration ${event.id} goes on.`] : [`Migration ${event.id}`];
  if (event.type === "phase_started") return ["", `${doing[event.phase]}${event.tries > 1 ? ` (try ${event.tries})` : ""}`];
  const { rows, bytes, seconds } = event;
  return [`${describeCount(rows)} rows${bytes === null ? "" : `, ${describeBytes(bytes)}`} in ${describeSeconds(seconds)}`];
}
