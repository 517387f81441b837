/** Answers about the project: the session, its plugins, its lineage; and those of what was done. */
import { type Static, Type } from "@tapline/protocol";
import { anything, asked, object, text, textOrNull } from "./forms.ts";

export const sessionAnswer = object({
  project: object({ name: text, folder: text }),
  version: text,
  role: Type.Enum(["read", "run", "edit"], { description: "read: look. run: also start, cancel, pause. edit: also change states." }),
  read_only: Type.Boolean({ description: "The server lets nobody change anything." }),
  environments: Type.Array(text),
  default_environment: text,
  jobs: Type.Array(text),
});

export const lineageAnswer = object({
  nodes: Type.Array(
    object({ id: text, kind: Type.Enum(["stream", "table", "model"]), name: text, status: textOrNull, run_id: textOrNull }),
  ),
  edges: Type.Array(object({ from: text, to: text })),
});

export const pluginsAnswer = object({
  ...asked,
  plugins: Type.Array(
    object({
      name: text,
      kind: textOrNull,
      settings: Type.Array(
        object({
          name: text,
          value: anything,
          source: text,
          place: textOrNull,
          description: textOrNull,
          is_secret_in_file: Type.Boolean({ description: "A secret is in the file as plain text." }),
        }),
      ),
    }),
  ),
});

export const startedAnswer = object({ run_id: text });
export const doneAnswer = object({ message: text });

export type Session = Static<typeof sessionAnswer>;
export type Lineage = Static<typeof lineageAnswer>;
export type Plugins = Static<typeof pluginsAnswer>;
