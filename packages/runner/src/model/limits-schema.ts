/** The part of a job in tapline.yml that says how much of the machine its runs may take. */
import { type Static, Type } from "@tapline/protocol";

export const limitSettings = Type.Object(
  {
    memory_mb: Type.Optional(
      Type.Integer({
        minimum: 64,
        description: "A run whose processes together use more memory than this (MB of 1,000,000 bytes) is stopped and fails. Linux only.",
      }),
    ),
    nice: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 19, description: "How far a run steps back for other programs: 0 not at all, 19 most." }),
    ),
  },
  { additionalProperties: false, description: "What a run of the job may take of the machine." },
);

export type LimitSettings = Static<typeof limitSettings>;
