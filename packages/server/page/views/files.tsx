/** Files of taps that put them away: what waits and why, what was loaded, what failed, what came twice. */
import type { Files } from "../../src/api/answers.ts";
import { withQuery } from "../api.ts";
import { useHref } from "../location.ts";
import { Answered, Empty } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";
import { Problems } from "../parts/problems.tsx";
import { SearchField, useSearch } from "../parts/search-field.tsx";
import { Status } from "../parts/status.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Ago } from "../parts/time.tsx";
import { runPath } from "../router.ts";
import { useEnvironment } from "../session.ts";
import { formatBytes } from "../text/format.ts";
import { useAsked } from "../use-asked.ts";

type File = Files["files"][number];

export function FilesView() {
  const href = useHref();
  const environment = useEnvironment();
  const search = useSearch();
  const asked = useAsked<Files>(withQuery("/api/files", { environment }));
  const columns: Column<File>[] = [
    { heading: "File", isShort: true, cell: ({ path }) => <code>{path}</code> },
    { heading: "State", cell: ({ state }) => <Status status={state} /> },
    { heading: "Why", isLong: true, cell: ({ why }) => why ?? "" },
    { heading: "When", cell: ({ at }) => <Ago at={at} fallback="–" /> },
    { heading: "Run", isShort: true, cell: ({ run_id }) => (run_id ? <a href={href(runPath(run_id))}>{run_id}</a> : "–") },
    { heading: "Streams", isWide: true, cell: ({ streams }) => streams.join(", ") },
    { heading: "Size", isNumber: true, isWide: true, cell: ({ size }) => formatBytes(size) },
    { heading: "Put away as", isWide: true, cell: ({ archived_as }) => archived_as ?? "" },
    { heading: "Tap", isShort: true, isWide: true, cell: ({ tap }) => tap },
  ];
  return (
    <>
      <Heading title="Files" />
      <Answered asked={asked}>
        {({ files, problems, asked_at }) => {
          const shown = files.filter(({ path, state, run_id }) => `${path} ${state} ${run_id}`.toLowerCase().includes(search));
          return (
            <>
              <Problems problems={problems} askedAt={asked_at} />
              {files.length === 0 ? (
                <Empty>
                  <p>
                    No tap puts files away. One that has <code>files: {"{ archive: FOLDER }"}</code> in tapline.yml keeps the life of each
                    file.
                  </p>
                </Empty>
              ) : (
                <>
                  <SearchField />
                  <WhatToDo files={files} />
                  <Table
                    isText
                    name="Files"
                    columns={columns}
                    rows={shown}
                    keyOf={({ tap, path, at, archived_as }) => `${tap} ${path} ${at} ${archived_as}`}
                    isBad={({ state }) => state === "failed"}
                  />
                </>
              )}
            </>
          );
        }}
      </Answered>
    </>
  );
}

/** How a person mends what stands in the list. */
function WhatToDo({ files }: { files: readonly File[] }) {
  const of = (state: File["state"]): File | undefined => files.find((file) => file.state === state);
  const [failed, twice, strange] = [of("failed"), of("duplicate"), of("unknown")];
  return (
    <>
      {failed && (
        <p>
          A file that failed: correct it and put it into the inbox again. Or, when the settings were the cause, load it as it is:{" "}
          <code>
            tapline files retry {failed.tap} {failed.path}
          </code>
        </p>
      )}
      {twice && (
        <p>
          A duplicate has the content of one that is loaded, so nothing is missing. To load it all the same:{" "}
          <code>
            tapline files restore {twice.tap} {twice.path}
          </code>
        </p>
      )}
      {strange && <p>A file of no stream stays where it is: rename it so that the settings of {strange.tap} find it, or take it away.</p>}
    </>
  );
}
