/** Rejected rows that taps and targets keep: where each came from, and why it was rejected. Their values are not shown. */
import type { Rejects } from "../../src/api/answers.ts";
import { withQuery } from "../api.ts";
import { useHref } from "../location.ts";
import { Answered, Empty } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";
import { Problems } from "../parts/problems.tsx";
import { SearchField, useSearch } from "../parts/search-field.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Ago } from "../parts/time.tsx";
import { runPath } from "../router.ts";
import { useEnvironment } from "../session.ts";
import { counted } from "../text/format.ts";
import { useAsked } from "../use-asked.ts";

type Reject = Rejects["rejects"][number];

export function RejectsView() {
  const href = useHref();
  const environment = useEnvironment();
  const search = useSearch();
  const asked = useAsked<Rejects>(withQuery("/api/rejects", { environment }));
  const columns: Column<Reject>[] = [
    { heading: "Stream", cell: ({ stream }) => stream },
    { heading: "Place", cell: ({ place }) => place },
    { heading: "Why", isLong: true, cell: ({ reason }) => reason },
    { heading: "Code", isWide: true, cell: ({ code }) => <code>{code}</code> },
    { heading: "When", cell: ({ rejected_at }) => <Ago at={rejected_at} fallback="–" /> },
    { heading: "Run", isShort: true, isWide: true, cell: ({ run_id }) => (run_id ? <a href={href(runPath(run_id))}>{run_id}</a> : "–") },
    { heading: "Kept in", isWide: true, cell: ({ kept_in }) => <code>{kept_in}</code> },
    { heading: "Id", isWide: true, cell: ({ id }) => <code>{id}</code> },
  ];
  return (
    <>
      <Heading title="Rejected rows" />
      <Answered asked={asked}>
        {({ rejects, problems, asked_at }) => {
          const shown = rejects.filter((each) =>
            `${each.stream} ${each.place} ${each.reason} ${each.code} ${each.run_id}`.toLowerCase().includes(search),
          );
          const plugins = [...new Set(rejects.map(({ plugin }) => plugin))].join("|");
          return (
            <>
              <Problems problems={problems} askedAt={asked_at} />
              {rejects.length === 0 ? (
                <Empty>
                  <p>No rejected row is kept. Rows that can't be loaded come here where a plugin has “on_error: reject”.</p>
                </Empty>
              ) : (
                <>
                  <p>
                    {counted(rejects.length, "row")}. Their values are not shown here: <code>tapline rejects show {plugins} ID</code>. Once
                    the cause is mended, <code>tapline rejects replay {plugins}</code> loads them again.
                  </p>
                  <SearchField />
                  <Table isText name="Rejected rows" columns={columns} rows={shown} keyOf={({ plugin, id }) => `${plugin} ${id}`} />
                </>
              )}
            </>
          );
        }}
      </Answered>
    </>
  );
}
