/** Commands for people: which descriptions there are, and how to get one of a low-code manifest, an OpenAPI document or an answer. */
import { readFileSync } from "node:fs";
import type { Command, CommandContext } from "@tapline/sdk";
import { stringify } from "yaml";
import { knownDefinitions, readDefinition } from "./definition/read.ts";
import type { Definition } from "./definition/schema.ts";
import { errors } from "./errors.ts";
import { importManifest } from "./import/manifest.ts";
import { inferFrom } from "./infer/infer.ts";

export const commands: readonly Command[] = [
  {
    name: "import",
    usage: "MANIFEST",
    description: "Turns an Airbyte low-code manifest (manifest.yaml) into a description, and names what it can't say.",
    async run(args, context) {
      const [path, ...more] = args;
      if (path === undefined || more.length > 0) throw context.usage("give one manifest");
      const { definition, notes } = importManifest(readManifest(path), path);
      print(context, definition, notes, `Made of ${path}`);
    },
  },
  {
    name: "infer",
    usage: "URL|FILE",
    description: "Drafts a description of an OpenAPI document, or of an address that answers with a list.",
    async run(args, context) {
      const [place, ...more] = args;
      if (place === undefined || more.length > 0) throw context.usage("give one address or file");
      const { definition, notes } = await inferFrom(place, context.signal);
      print(context, definition, notes, `Drafted of ${place}`);
    },
  },
  {
    name: "definitions",
    usage: "[NAME]",
    description: "Lists the descriptions that come with the tap, or prints one, to copy it.",
    async run(args, context) {
      const [name] = args;
      if (name !== undefined) context.print(stringify(readDefinition(name), { lineWidth: 140 }));
      else for (const each of knownDefinitions()) context.print(`${each.padEnd(12)} ${readDefinition(each).description ?? ""}\n`);
    },
  },
];

/** The description on stdout, what it lacks as comments in it and as warnings. */
function print({ print: write, log }: CommandContext, definition: Definition, notes: readonly string[], origin: string): void {
  const comments = [`${origin}.`, ...notes.map((note) => `TODO: ${note}`)].map((line) => `# ${line}\n`).join("");
  write(`${comments}${stringify(definition, { lineWidth: 140 })}`);
  for (const note of notes) log("warning", note);
}

function readManifest(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw errors.manifest_unreadable({ path, reason: (error as Error).message }, {}, error);
  }
}
