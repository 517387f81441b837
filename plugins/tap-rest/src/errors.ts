/** What can be wrong with the description of an API. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";

export const tapRestErrorCatalogue = {
  definition_missing: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The description ${p.path} can't be read: ${p.reason}`,
    hint: "Check the path in `definition`. It is relative to the folder in which the tap runs; in a project, that of tapline.yml.",
  },
  definition_unknown: {
    class: "config",
    message: (p: { name: string; known: string }) => `There is no description ${JSON.stringify(p.name)}`,
    hint: (p: { known: string }) => `Those that come with the tap are ${p.known}. For your own, give the path of a .yaml or .json file.`,
  },
  definition_invalid: {
    class: "config",
    message: (p: { path: string; problems: readonly string[] }) => `The description ${p.path} is wrong: ${p.problems.join("; ")}`,
    hint: "Correct it. An editor shows such mistakes with the schema of descriptions: see the README of tap-rest.",
  },
  template_invalid: {
    class: "config",
    message: (p: { text: string; why: string }) => `${JSON.stringify(p.text)} can't be filled in: ${p.why}`,
    hint: "Write {{ config.NAME }}, {{ parent.COLUMN }}, {{ partition.NAME }}, {{ start }} or {{ end }}.",
  },
  manifest_unreadable: {
    class: "data",
    message: (p: { path: string; reason: string }) => `${p.path} is no low-code manifest: ${p.reason}`,
    hint: "Give the manifest.yaml of a low-code source: it has `type: DeclarativeSource` and `streams`.",
  },
  nothing_to_infer: {
    class: "data",
    message: (p: { place: string; why: string }) => `No description can be made of ${p.place}: ${p.why}`,
    hint: "Give the address or the file of an OpenAPI document (JSON or YAML), or an address that answers with a list of records.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(tapRestErrorCatalogue);
