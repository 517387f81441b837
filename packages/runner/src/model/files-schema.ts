/** What becomes of the files that a tap reads (`files` of a plugin's entry): when they count as whole, and where they are put away. */
import { type Static, Type } from "@tapline/protocol";

export const filesSettings = Type.Object(
  {
    archive: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "The folder that files are moved to after their load, relative to tapline.yml: success/YYYY/MM/DD, failure/… and duplicate/…, each beside a record of it. Default: archive.",
      }),
    ),
    min_age_seconds: Type.Optional(
      Type.Number({ minimum: 0, description: "A file that was written more recently waits, for it may still grow. Default: 5." }),
    ),
    marker: Type.Optional(
      Type.String({
        pattern: "^[^/\\\\]+$",
        description:
          "A file counts as soon as this one is beside it and is not older, and not before; * stands for its name. Such as *.done, or _SUCCESS for all files of a folder.",
      }),
    ),
    duplicate_content: Type.Optional(
      Type.Enum(["skip", "load"], {
        description: "What to do with a file that has the content of one that was loaded: put it aside, or load it again. Default: skip.",
      }),
    ),
  },
  { additionalProperties: false, description: "Takes each file once and puts it away. Only for taps that list the capability files." },
);

export type FilesSettings = Static<typeof filesSettings>;

/** The folder that files are moved to, relative to tapline.yml. */
export const archiveOf = ({ archive = "archive" }: Pick<FilesSettings, "archive">): string => archive;
