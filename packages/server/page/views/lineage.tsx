/** Where data comes from and goes to: streams, the tables they are loaded into, the models made of those; drawn, and as a list. */
import type { Lineage } from "../../src/api/answers.ts";
import { withQuery } from "../api.ts";
import { useHref } from "../location.ts";
import { Answered, Empty } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";
import { LineageDrawing } from "../parts/lineage-drawing.tsx";
import { Status } from "../parts/status.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { runPath } from "../router.ts";
import { useEnvironment } from "../session.ts";
import { useAnswer } from "../use-answer.ts";

type Node = Lineage["nodes"][number];

export function LineageView() {
  const environment = useEnvironment();
  const asked = useAnswer<Lineage>(withQuery("/api/lineage", { environment }), 10_000);
  return (
    <>
      <Heading title="Lineage" />
      <Answered asked={asked}>
        {(lineage) =>
          lineage.nodes.length === 0 ? (
            <Empty>
              <p>No run has loaded a stream yet.</p>
            </Empty>
          ) : (
            <>
              <LineageDrawing lineage={lineage} />
              <h2>As a list</h2>
              <LineageList lineage={lineage} />
            </>
          )
        }
      </Answered>
    </>
  );
}

function LineageList({ lineage: { nodes, edges } }: { lineage: Lineage }) {
  const href = useHref();
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const joined = (ids: readonly string[]): string => ids.map((id) => names.get(id) ?? id).join(", ") || "–";
  const columns: Column<Node>[] = [
    { heading: "Name", cell: ({ name }) => name },
    { heading: "Kind", cell: ({ kind }) => kind },
    { heading: "Comes from", cell: ({ id }) => joined(edges.filter(({ to }) => to === id).map(({ from }) => from)) },
    { heading: "Goes into", isWide: true, cell: ({ id }) => joined(edges.filter(({ from }) => from === id).map(({ to }) => to)) },
    {
      heading: "Last run",
      cell: ({ status, run_id }) => {
        if (status === null) return "–";
        return run_id === null ? (
          <Status status={status} />
        ) : (
          <a href={href(runPath(run_id))}>
            <Status status={status} />
          </a>
        );
      },
    },
  ];
  return <Table isText name="Lineage" columns={columns} rows={nodes} keyOf={({ id }) => id} />;
}
