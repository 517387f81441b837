/** A stream as the reader uses it: paths and durations read, parents found, mistakes in the definition told. */

import { parseOrdered, stringifyOrdered } from "@tapline/protocol";
import { type JsonSchema, parseExact } from "@tapline/sdk";
import { restErrors } from "../errors.ts";
import { type Paginator, paginators } from "../paging/paginator.ts";
import type { RecordsForm } from "../records/decode.ts";
import { parsePath } from "../records/json-path.ts";
import { type Duration, parseDuration } from "../time/duration.ts";
import type { Incremental, RestStream, RestStreamDefinition } from "./rest-stream.ts";

// biome-ignore lint/suspicious/noExplicitAny: the types of an author's stream end here.
type Definition = RestStreamDefinition<any, any>;

export interface CompiledStream {
  readonly name: string;
  readonly definition: Definition;
  /** undefined: it is made from the records. */
  readonly schema: JsonSchema | undefined;
  readonly keys: readonly string[];
  readonly form: RecordsForm;
  readonly newPaginator: () => Paginator;
  readonly incremental: CompiledIncremental | undefined;
  readonly children: CompiledStream[];
  readonly parent: CompiledStream | undefined;
}

export interface CompiledIncremental extends Omit<Incremental, "lookback" | "step" | "granularity"> {
  readonly lookback: Duration | number | undefined;
  readonly step: Duration | undefined;
  readonly granularity: Duration | undefined;
}

/** The streams in the order they were given, each with its children. @throws rest_stream_invalid, path_invalid */
export function compileStreams(streams: readonly RestStream[]): CompiledStream[] {
  const compiled = new Map<Definition, CompiledStream>();
  const names = new Set<string>();
  const compileOne = ({ definition }: RestStream): CompiledStream => {
    const known = compiled.get(definition);
    if (known !== undefined) return known;
    const { parent } = definition;
    const fail = (why: string): Error => restErrors.rest_stream_invalid({ stream: definition.name, why }, { stream: definition.name });
    if (parent !== undefined && !streams.some((one) => one.definition === parent.definition))
      throw fail(`its parent ${JSON.stringify(parent.definition.name)} is not among the streams of the tap`);
    if (names.has(definition.name)) throw fail("there are two streams of that name");
    names.add(definition.name);
    const above = parent === undefined ? undefined : compileOne(parent);
    const stream = compile(definition, above, fail);
    above?.children.push(stream);
    compiled.set(definition, stream);
    return stream;
  };
  return streams.map(compileOne);
}

function compile(definition: Definition, parent: CompiledStream | undefined, fail: (why: string) => Error): CompiledStream {
  const {
    name,
    records = "$",
    recordsOptional = false,
    format = "json",
    delimiter = ",",
    paging = { type: "none" },
    partitions,
    job,
  } = definition;
  // TypeBox marks its objects; the SCHEMA line has the plain JSON Schema.
  const schema =
    definition.schema === undefined ? undefined : (parseOrdered(stringifyOrdered(definition.schema), parseExact) as JsonSchema);
  const columns = schema === undefined ? undefined : Object.keys(schema.properties ?? {});
  for (const column of [...(definition.keys ?? []), ...(definition.incremental === undefined ? [] : [definition.incremental.cursor])])
    if (columns !== undefined && !columns.includes(column)) throw fail(`its schema has no column ${JSON.stringify(column)}`);
  if (parent !== undefined && partitions !== undefined) throw fail("it has a parent and partitions; give the partitions to the parent");
  if (definition.fromParent !== undefined && parent === undefined) throw fail("it has `fromParent` and no parent");
  if (job !== undefined && paging.type !== "none") throw fail("a job has no paging: its `results` name all requests");
  return {
    name,
    definition,
    schema,
    keys: definition.keys ?? [],
    form: { format, path: parsePath(records), isOptional: recordsOptional, delimiter },
    newPaginator: paginators(paging),
    incremental: definition.incremental === undefined ? undefined : compileIncremental(definition.incremental, fail),
    children: [],
    parent,
  };
}

function compileIncremental(given: Incremental, fail: (why: string) => Error): CompiledIncremental {
  const duration = (name: string, value: string | number | undefined): Duration | undefined => {
    if (value === undefined) return undefined;
    const read = parseDuration(value);
    if (read === undefined || (read.months === 0 && read.millis <= 0 && name === "step"))
      throw fail(`${name} ${JSON.stringify(value)} is no duration: write seconds, or ISO 8601 such as P1D`);
    return read;
  };
  const isNumber = given.format === "number";
  if (isNumber && given.lookback !== undefined && typeof given.lookback !== "number")
    throw fail("lookback of a cursor that is a number is a number");
  if (isNumber && given.step !== undefined) throw fail("a cursor that is a number has no steps of time");
  if (given.step !== undefined && given.start === undefined) throw fail("steps need `start`, where the first one begins");
  const [step, granularity] = [duration("step", given.step), duration("granularity", given.granularity)];
  return {
    ...given,
    step,
    granularity,
    lookback: isNumber ? (given.lookback as number | undefined) : duration("lookback", given.lookback),
  };
}
