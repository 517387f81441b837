/**
 * What a source keeps for a state: PostgreSQL's replication slots, which bookmarks name as `slot`. Nobody but a person drops one, for another
 * state may go on from it; forgotten, it fills the server's disk. Pure.
 */
import { isObject } from "@tapline/protocol";

/** The slots that the bookmarks of these states name, as JSON text. */
export function slotsIn(states: readonly (string | null)[]): string[] {
  const names = states.flatMap((text) => {
    const state: unknown = text === null ? null : JSON.parse(text);
    const bookmarks = isObject(state) && isObject(state.bookmarks) ? Object.values(state.bookmarks) : [];
    return bookmarks.flatMap((bookmark) => (isObject(bookmark) && typeof bookmark.slot === "string" ? [bookmark.slot] : []));
  });
  return [...new Set(names)];
}

/** For the person whose command forgot the state: [] where nothing is kept. */
export function describeHeldSlots(slots: readonly string[]): string[] {
  return slots.flatMap((slot) => [
    `The source still keeps its log for the replication slot "${slot}", and its disk fills while nobody reads it. If no run goes on from it:`,
    `  SELECT pg_drop_replication_slot('${slot}'); DROP PUBLICATION IF EXISTS "${slot}";`,
  ]);
}
