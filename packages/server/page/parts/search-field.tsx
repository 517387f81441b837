/** A search within a view, kept in its address, so that a link shows the same rows. */
import { changeQuery, usePlace } from "../location.ts";

/** The text that is searched for, in lower case. */
export const useSearch = (): string => (usePlace().query.get("search") ?? "").toLowerCase();

export function SearchField() {
  const search = usePlace().query.get("search") ?? "";
  return (
    <div class="filters">
      <label class="field">
        Search
        <input type="search" value={search} onInput={(event) => changeQuery({ search: event.currentTarget.value }, true)} />
      </label>
    </div>
  );
}
