/**
 * Turns a low-code manifest of Airbyte into a description. What the description can't say is told in a note, for each stream it is about:
 * nothing is left out in silence. Source: the schema of declarative components (declarative_component_schema.yaml).
 */
import { isObject } from "@tapline/protocol";
import type { JsonSchema } from "@tapline/sdk";
import { parse } from "yaml";
import type { Definition, StreamSettings } from "../definition/schema.ts";
import { errors } from "../errors.ts";
import { importAuth } from "./auth.ts";
import { type Component, Notes, resolveRefs } from "./component.ts";
import { importIncremental } from "./incremental.ts";
import { importPaging } from "./paging.ts";
import { importRequest } from "./request.ts";
import { importResponses } from "./responses.ts";
import { keyPaths, template } from "./template.ts";

export interface Imported {
  readonly definition: Definition;
  /** One sentence for each thing that is not said by the description. */
  readonly notes: readonly string[];
}

/** @throws manifest_unreadable */
export function importManifest(text: string, path: string): Imported {
  const fail = (reason: string): Error => errors.manifest_unreadable({ path, reason });
  let manifest: unknown;
  try {
    manifest = parse(text, { maxAliasCount: 1000 });
  } catch (error) {
    throw fail((error as Error).message.split("\n")[0] ?? "");
  }
  if (!isObject(manifest) || !Array.isArray(manifest.streams)) throw fail("it has no list `streams`");
  const notes = new Notes();
  const found = manifest.streams.map((one) => resolveRefs(one, manifest) as Component);
  if (Array.isArray(manifest.dynamic_streams)) notes.add("", "streams that are made from an answer (`dynamic_streams`)");
  const base = baseUrls(found);
  const streams = found.flatMap((component) => importStream(component, found, base, notes));
  if (streams.length === 0) throw fail("none of its streams is read by HTTP in a way that a description can say");
  const requester = requesterOf(found[0] as Component);
  const auth = importAuth(requester.authenticator, notes);
  const definition = {
    name: String(found[0]?.$parameters?.source ?? "imported"),
    url: base,
    values: valuesOf(manifest, JSON.stringify([auth, base, streams])),
    ...(auth !== undefined && { auth }),
    streams,
  } as Definition;
  return { definition, notes: notes.all };
}

function importStream(component: Component, all: readonly Component[], base: string, notes: Notes): StreamSettings[] {
  const name = String(component.name ?? component.$parameters?.name ?? "");
  const note = (what: string): void => notes.add(name, what);
  const retriever = component.retriever;
  if (component.type === "StateDelegatingStream" || !isObject(retriever) || !isSimple(retriever)) {
    note(`the whole stream: it is read by ${JSON.stringify((retriever as Component | undefined)?.type ?? component.type ?? "nothing")}`);
    return [];
  }
  const requester = requesterOf(component);
  if (requester.type !== undefined && requester.type !== "HttpRequester") {
    note(`the whole stream: its requests are made by ${JSON.stringify(requester.type)}`);
    return [];
  }
  const routed = importRouter(retriever.partition_router, all, note);
  const request = importRequest(requester, component, base, routed.names, note);
  const paging = importPaging(retriever.paginator, note);
  const { incremental, query } = importIncremental(component.incremental_sync, note);
  const responses = importResponses(requester.error_handler, note);
  const keys = keyPaths(component.primary_key);
  const schema = schemaOf(component.schema_loader, note);
  return [
    {
      name,
      ...request,
      ...(query !== undefined && { query: { ...request.query, ...query } }),
      ...(keys.length > 0 && { keys }),
      ...recordsOf(retriever.record_selector, note),
      ...(paging !== undefined && { paging }),
      ...(incremental !== undefined && { incremental }),
      ...routed.settings,
      ...(responses.length > 0 && { responses }),
      ...changesOf(component.transformations, routed.names, note),
      ...(schema !== undefined && { schema }),
    } as StreamSettings,
  ];
}

const isSimple = ({ type }: Component): boolean => type === undefined || type === "SimpleRetriever";

function requesterOf({ retriever }: Component): Component {
  return isObject(retriever) && isObject((retriever as Component).requester) ? ((retriever as Component).requester as Component) : {};
}

/** The address that most streams have; the others get whole addresses. */
function baseUrls(streams: readonly Component[]): string {
  const counts = new Map<string, number>();
  for (const stream of streams) {
    const { url_base: base, url } = requesterOf(stream) as { url_base?: unknown; url?: unknown };
    const text = template(String(base ?? url ?? ""), () => {});
    if (text !== "") counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "https://example.com";
}

function recordsOf(selector: Component | undefined, note: (what: string) => void): Partial<StreamSettings> {
  if (selector === undefined) return {};
  if (selector.record_filter !== undefined)
    note(`the filter of records ${JSON.stringify((selector.record_filter as Component).condition ?? "")}`);
  const extractor = selector.extractor as Component | undefined;
  if (extractor === undefined) return {};
  if (extractor.type !== undefined && extractor.type !== "DpathExtractor") {
    note(`where the records are: ${JSON.stringify(extractor.type)}`);
    return {};
  }
  const fields = (Array.isArray(extractor.field_path) ? extractor.field_path : []).map(String);
  if (fields.some((field) => field.includes("{{"))) note("a path to records that is computed");
  if (fields.length === 0) return {};
  const path = fields
    .map((field) => (field === "*" ? "[*]" : /^[\w-]+$/.test(field) ? `.${field}` : `[${JSON.stringify(field)}]`))
    .join("");
  return { records: `$${path}`, records_optional: true };
}

/** Streams that are read for each record of another one, or for each of a list. */
function importRouter(
  given: unknown,
  all: readonly Component[],
  note: (what: string) => void,
): { settings: Partial<StreamSettings>; names: ReadonlyMap<string, string> } {
  const none = { settings: {}, names: new Map<string, string>() };
  const routers = (Array.isArray(given) ? given : given === undefined || given === null ? [] : [given]) as Component[];
  const [router, ...more] = routers;
  if (router === undefined) return none;
  if (more.length > 0) note("a second partition router");
  if (router.type === "ListPartitionRouter" && Array.isArray(router.values)) {
    const field = String(router.cursor_field);
    const option = router.request_option as Component | undefined;
    const values = router.values.map(String);
    return {
      settings: {
        partitions: values.map((value) => ({ [field]: value })),
        ...(option?.inject_into === "request_parameter" && { query: { [String(option.field_name)]: `{{ partition.${field} }}` } }),
      },
      names: new Map([[field, `partition.${field}`]]),
    };
  }
  const configs = router.parent_stream_configs as Component[] | undefined;
  if (router.type !== "SubstreamPartitionRouter" || configs === undefined) {
    note(`the partitions: ${JSON.stringify(router.type)}${Array.isArray(router.values) ? "" : " with values that are computed"}`);
    return none;
  }
  const [config, ...others] = configs;
  if (config === undefined) return none;
  if (others.length > 0) note("more than one parent");
  const parent = config.stream as Component;
  const name = String(parent.name ?? parent.$parameters?.name ?? "");
  if (!all.some((one) => String(one.name ?? one.$parameters?.name ?? "") === name))
    note(`its parent ${JSON.stringify(name)}, which is no stream of the manifest`);
  const key = String(config.parent_key);
  const field = String(config.partition_field);
  const option = config.request_option as Component | undefined;
  return {
    settings: {
      parent: name,
      ...(config.incremental_dependency === true && { parent_rows: "changed" as const }),
      ...(option?.inject_into === "request_parameter" && { query: { [String(option.field_name)]: `{{ parent.${key} }}` } }),
    },
    names: new Map([[field, `parent.${key}`]]),
  };
}

function schemaOf(loader: unknown, note: (what: string) => void): JsonSchema | undefined {
  const one = (Array.isArray(loader) ? loader[0] : loader) as Component | undefined;
  if (one === undefined) return undefined;
  if (one.type === "InlineSchemaLoader" && isObject(one.schema) && isObject(one.schema.properties)) return one.schema as JsonSchema;
  if (one.type !== "InlineSchemaLoader") note(`its schema, by ${JSON.stringify(one.type)}: it is made from the records instead`);
  return undefined;
}

function changesOf(transformations: unknown, names: ReadonlyMap<string, string>, note: (what: string) => void): Partial<StreamSettings> {
  const drop: string[] = [];
  const add: Record<string, string | number | boolean> = {};
  for (const one of (Array.isArray(transformations) ? transformations : []) as Component[]) {
    const paths = (one.field_pointers ?? []) as string[][];
    if (one.type === "RemoveFields" && paths.every((path) => path.length === 1)) drop.push(...paths.flat());
    else if (one.type === "AddFields")
      for (const { path, value } of (one.fields ?? []) as Component[])
        addOne(add, path, value, { names, parameters: one.$parameters, note });
    else note(`the transformation ${JSON.stringify(one.type)}`);
  }
  return { ...(Object.keys(add).length > 0 && { add }), ...(drop.length > 0 && { drop }) };
}

function addOne(
  add: Record<string, string | number | boolean>,
  path: unknown,
  value: unknown,
  { names, parameters, note }: { names: ReadonlyMap<string, string>; parameters: Component["$parameters"]; note: (what: string) => void },
): void {
  const [name, ...below] = (Array.isArray(path) ? path : [path]).map(String);
  if (name === undefined || below.length > 0 || name.includes("{{")) {
    note(`a column that is added at ${JSON.stringify(path)}`);
    return;
  }
  if (typeof value === "number" || typeof value === "boolean") {
    add[name] = value;
    return;
  }
  const computed: string[] = [];
  const text = template(String(value ?? ""), (expression) => void computed.push(expression), names, parameters);
  if (computed.length > 0) note(`the column ${JSON.stringify(name)} that is computed: {{ ${computed.join(" }}, {{ ")} }}`);
  else add[name] = text;
}

/** The settings that the description asks for, from the manifest's own specification. */
function valuesOf({ spec }: Record<string, unknown>, text: string): Definition["values"] {
  const used = new Set([...text.matchAll(/\{\{ config\.([\w.]+) \}\}/g)].map(([, name]) => name as string));
  const specification = isObject(spec) && isObject(spec.connection_specification) ? spec.connection_specification : {};
  const properties = isObject(specification.properties) ? specification.properties : {};
  return Object.fromEntries(
    [...used].sort().map((name) => {
      const property = isObject(properties[name]) ? (properties[name] as Component) : {};
      const { description, default: value } = property as { description?: unknown; default?: unknown };
      return [
        name,
        {
          ...(typeof description === "string" && { description: description.replace(/<[^>]*>/g, "") }),
          ...((typeof value === "string" || typeof value === "number" || typeof value === "boolean") && { default: value }),
          ...(property.airbyte_secret === true || Object.keys(property).length === 0 ? {} : { secret: false }),
        },
      ];
    }),
  );
}
