/** A project as it was read: its folder, its files as one value, and the variables that its settings may use. */
import type { FilePosition } from "./file-position.ts";
import type { MeltanoFacts } from "./meltano.ts";
import type { ProjectFile } from "./project-schema.ts";

/** Keys (and list indexes) from the root of a YAML file to a value. */
export type Path = readonly (string | number)[];

export interface ParsedFile {
  path: string;
  file: ProjectFile;
  /** The position of the first of these paths that is in the file; {} when none is. */
  locate(...paths: readonly Path[]): FilePosition;
}

export interface ParsedProject {
  /** All files merged into one. */
  file: ProjectFile;
  /** tapline.yml first. */
  files: readonly ParsedFile[];
  /** The position of the first of these paths that is in one of the files; {} when none is. */
  locate(...paths: readonly Path[]): FilePosition;
}

export interface Project {
  /** The folder that holds tapline.yml, or else meltano.yml. Plugins run there. */
  folder: string;
  /** Of tapline.yml or meltano.yml. */
  path: string;
  parsed: ParsedProject;
  /** The variables of .env, overridden by those of the process. Both override `env` in tapline.yml, but not `env` in meltano.yml. */
  variables: Readonly<Record<string, string | undefined>>;
  /** The variables of the process: plugins and installers inherit them, and programs are looked for in its PATH. */
  processEnv: NodeJS.ProcessEnv;
  /** Nothing may be written to its folder. */
  isReadOnly?: boolean;
  /** It is read from meltano.yml. */
  meltano?: MeltanoFacts;
}
