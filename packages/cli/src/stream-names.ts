/** Which streams a person means by the name of a table. Pure. */
import { didYouMean } from "@tapline/protocol";

const words = (name: string): string[] => name.toLowerCase().split(/[^a-z0-9_]+/);
const last = (name: string): string => words(name).at(-1) ?? "";

/** The stream of this name, else that of `schema.table`, else those of a table of this name. */
export function streamsCalled(table: string, known: readonly string[]): string[] {
  if (known.includes(table)) return [table];
  const spelled = known.filter((stream) => words(stream).join() === words(table).join());
  return spelled.length > 0 || words(table).length > 1 ? spelled : known.filter((stream) => last(stream) === last(table));
}

/** Streams whose name is like it, at most ten. */
export function nearStreams(table: string, known: readonly string[]): string[] {
  const meant = didYouMean(last(table), known.map(last));
  const isNear = (stream: string): boolean => {
    const [one, other] = [last(stream), last(table)];
    return one === meant || (other !== "" && (one.includes(other) || other.includes(one)));
  };
  return known.filter(isNear).slice(0, 10);
}
