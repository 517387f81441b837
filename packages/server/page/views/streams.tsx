/** All streams, as the last run of each job left them. */
import { useState } from "preact/hooks";
import { Heading } from "../parts/heading.tsx";
import { StreamTable } from "../parts/stream-table.tsx";
import { useEnvironment } from "../session.ts";

export function StreamsView() {
  const environment = useEnvironment();
  const [search, setSearch] = useState("");
  return (
    <>
      <Heading title="Streams" />
      <div class="filters">
        <label class="field">
          Search
          <input type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
      </div>
      <StreamTable environment={environment} search={search} />
    </>
  );
}
