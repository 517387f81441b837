/** What can be wrong with a description from which types are made. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const codegenErrorCatalogue = {
  codegen_unreadable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `${p.path} can't be read: ${p.reason}`,
    hint: "Give a file of JSON, JSON lines or YAML: a JSON Schema, an OpenAPI document, a Singer catalog, or records.",
  },
  codegen_unknown_form: {
    class: "config",
    message: (p: { path: string }) =>
      `${p.path} is neither a JSON Schema of an object, an OpenAPI document, a catalog, nor a list of records`,
    hint: "Say what it is with --as, and where its records are with --records, such as --records '$.data[*]'.",
  },
  codegen_empty: {
    class: "config",
    message: (p: { path: string; what: string }) => `${p.path} has no ${p.what}`,
    hint: "Check --as and --records. An OpenAPI document has its schemas below components.schemas.",
  },
  codegen_names_meet: {
    class: "config",
    message: (p: { name: string; first: string; second: string }) =>
      `${JSON.stringify(p.first)} and ${JSON.stringify(p.second)} both give the type ${p.name}`,
    hint: "Rename one of them, or make their types of two files.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(codegenErrorCatalogue);
