/** Writes the text of a new tapline.yml: two plugins and a job, with a comment on what was found. Pure. */

import { Document, isScalar, visit } from "yaml";
import type { ProposedStream } from "./propose-streams.ts";

export interface NewProject {
  job: string;
  tap: { name: string; config: Record<string, unknown> };
  target: { name: string; config: Record<string, unknown> };
  streams: readonly ProposedStream[];
  /** Editors find completion and checks for tapline.yml by it. */
  schemaUrl: string;
}

export function projectText({ job, tap, target, streams, schemaUrl }: NewProject): string {
  const plugins = [tap, target].map(({ name, config }) => indented(yamlOf({ [name]: { config } }), 2));
  return `# yaml-language-server: $schema=${schemaUrl}
default_environment: dev

# What was found. Types are detected again from the files; to set one, see the settings of ${tap.name}: tapline about ${tap.name}
${streams.map((stream) => `#   ${describeColumns(stream)}\n`).join("")}
plugins:
${plugins.join("")}
jobs:
${indented(yamlOf({ [job]: [`${tap.name} ${target.name}`] }), 2)}`;
}

/** One line: the stream, and its columns with their types. */
export function describeColumns({ name, columns }: ProposedStream): string {
  const text = columns.map((column) => `${column.name} ${column.type}`).join(", ");
  return `${name}: ${text}`.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}

function indented(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(by));
}

/** Lists of words are in one line, as a person writes them. */
function yamlOf(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Seq(_, list) {
      if (list.items.every(isScalar)) list.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
