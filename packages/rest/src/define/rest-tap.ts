/** A tap of REST streams: one object, from which the SDK makes the executable. */
import {
  defineTap,
  type JsonSchema,
  type OpenContext,
  type Row,
  type SessionTap,
  type Static,
  type Stream,
  type TapSession,
  type TObject,
} from "@tapline/sdk";
import { fileSecrets } from "../auth/secrets-file.ts";
import { type ApiOptions, Client } from "../http/client.ts";
import { guessSchema } from "../infer/schema-guess.ts";
import { wantedFrom } from "../read/bounds.ts";
import { sampleRows } from "../read/sample.ts";
import { treeGroup } from "../read/tree.ts";
import { type CompiledStream, compileStreams } from "./compile.ts";
import type { RestStream } from "./rest-stream.ts";

export interface RestTapDefinition<C extends TObject> extends Omit<SessionTap<C>, "open" | "streams"> {
  /** The API, by the config. */
  readonly api: ApiOptions | ((config: Static<C>) => ApiOptions);
  /** The streams, or a function of the config that makes them. */
  readonly streams: readonly RestStream[] | ((config: Static<C>) => readonly RestStream[]);
  /** By the config: a file that keeps secrets which the server changes, for runs without tapline. */
  readonly secretsFile?: (config: Static<C>) => string | undefined;
}

/**
 * @example export default restTap({
 *   name: "tap-shop",
 *   version: "1.0.0",
 *   description: "Orders of a shop.",
 *   config: Type.Object({ token: Type.String({ secret: true }) }),
 *   api: ({ token }) => ({ url: "https://api.example.com/v1", auth: bearer(token) }),
 *   streams: [orders, orderLines],
 * });
 */
export function restTap<C extends TObject>(definition: RestTapDefinition<C>): SessionTap<C> {
  const { api, streams, secretsFile, ...parts } = definition;
  return defineTap<C>({
    ...parts,
    open(config, context) {
      const options = typeof api === "function" ? api(config) : api;
      const list = typeof streams === "function" ? streams(config) : streams;
      return openRest(options, list, context, secretsFile?.(config));
    },
  });
}

/** The session of a tap that reads these streams. @throws rest_stream_invalid, rest_url_invalid, path_invalid */
export async function openRest(
  api: ApiOptions,
  streams: readonly RestStream[],
  context: OpenContext,
  secretsFile?: string,
): Promise<TapSession> {
  const compiled = compileStreams(streams);
  const { signal, log, wanted } = context;
  const client = new Client(api, { signal, log }, secretsFile === undefined ? context.secrets : fileSecrets(secretsFile));
  const parts = { client, log, signal };
  // With a catalog, the schema is there, and the rows show what it lacks.
  const schemaOf = async (stream: CompiledStream): Promise<JsonSchema> => stream.schema ?? withNamed(stream, await guessed(stream));
  const guessed = async (stream: CompiledStream): Promise<JsonSchema> =>
    wanted !== undefined ? { type: "object", properties: {} } : guessSchema(await sampleRows(stream, parts));
  const read: Stream[] = [];
  for (const stream of compiled) read.push(streamOf(stream, await schemaOf(stream)));
  return {
    streams: read,
    together: compiled.filter(({ parent }) => parent === undefined).map((root) => treeGroup(root, parts)),
    async [Symbol.asyncDispose]() {
      client.close();
      const { requests, retried, bytes } = client.metrics;
      const waited = client.waitedSeconds < 1 ? "" : `, ${Math.round(client.waitedSeconds)} s waited for its limits`;
      if (requests > 0) log("info", `${requests} requests (${retried} of them again), ${(bytes / 1e6).toFixed(1)} MB read${waited}`);
    },
  };
}

/** Keys and cursor are columns, also of a list that is empty so far. */
function withNamed({ keys, incremental }: CompiledStream, schema: JsonSchema): JsonSchema {
  const named = [...keys, ...(incremental === undefined ? [] : [incremental.cursor])];
  const lacking = named.filter((name) => !Object.hasOwn(schema.properties ?? {}, name));
  return { ...schema, properties: { ...schema.properties, ...Object.fromEntries(lacking.map((name) => [name, { type: ["null"] }])) } };
}

function streamOf({ name, keys, incremental, definition }: CompiledStream, schema: JsonSchema): Stream<Row> {
  const { description } = definition;
  return {
    name,
    schema: description === undefined ? schema : { description, ...schema },
    keys,
    ...(incremental !== undefined && {
      replicationKey: incremental.cursor,
      // The first start need not have the form of the cursor's values: rows before it are left out by the kit, not by the SDK.
      startFrom: (bookmark) => (bookmark === null || bookmark === undefined ? null : wantedFrom(incremental, bookmark)),
    }),
    // Its group reads it.
    read: () => [],
  };
}
