/** All streams, as the last run of each job left them. */
import { Heading } from "../parts/heading.tsx";
import { SearchField, useSearch } from "../parts/search-field.tsx";
import { StreamTable } from "../parts/stream-table.tsx";
import { useEnvironment } from "../session.ts";

export function StreamsView() {
  const environment = useEnvironment();
  const search = useSearch();
  return (
    <>
      <Heading title="Streams" />
      <SearchField />
      <StreamTable environment={environment} search={search} />
    </>
  );
}
