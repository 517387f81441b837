/** What checks found, in words. */
import type { CheckOfRun } from "../../src/api/answers.ts";
import { Status } from "./status.tsx";
import { type Column, Table } from "./table.tsx";

const columns: Column<CheckOfRun>[] = [
  { heading: "Status", cell: ({ status }) => <Status status={status} /> },
  { heading: "Stream", cell: ({ stream }) => stream },
  { heading: "Rule", cell: ({ expected }) => expected },
  { heading: "Found", isLong: true, cell: ({ text }) => text },
  { heading: "When it fails", isWide: true, cell: ({ on_fail }) => (on_fail === "stop" ? "the run stops" : "a warning") },
];

export function CheckTable({ checks }: { checks: readonly CheckOfRun[] }) {
  return (
    <Table
      isText
      name="Checks"
      columns={columns}
      rows={checks}
      keyOf={({ stream, id }) => `${stream} ${id}`}
      isBad={({ status }) => status === "failed"}
    />
  );
}
