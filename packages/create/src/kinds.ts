/** What can be made: each kind is a folder of `templates`, with the packages that its code needs. */
export interface Kind {
  /** The folder of its files. */
  folder: string;
  /** What the names of such plugins start with. */
  prefix: string;
  /** What such a plugin does, for help. */
  does: string;
  /** Packages of ours that its code imports. */
  needs: readonly string[];
}

export const tapKinds = {
  rest: { folder: "tap-rest", prefix: "tap-", does: "reads an API", needs: ["@tapline/rest"] },
  sql: { folder: "tap-sql", prefix: "tap-", does: "reads tables of a database", needs: ["@tapline/sdk", "@tapline/sql-tap"] },
  file: { folder: "tap-file", prefix: "tap-", does: "reads files of a format", needs: ["@tapline/sdk"] },
  custom: { folder: "tap-custom", prefix: "tap-", does: "reads whatever its generator yields", needs: ["@tapline/sdk"] },
} as const satisfies Record<string, Kind>;

export type TapKind = keyof typeof tapKinds;

export const kinds = {
  ...tapKinds,
  target: { folder: "target", prefix: "target-", does: "writes rows to a place", needs: ["@tapline/sdk"] },
  mapper: { folder: "mapper", prefix: "map-", does: "changes rows between a tap and a target", needs: ["@tapline/sdk"] },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

/** The parts of a plugin's name: letters, digits and dashes. */
export const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
