/** What can be wrong with schedules and sensors, with a server, and with what is asked of it. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";
import { apiErrorCatalogue } from "./api-errors.ts";

export const serverErrorCatalogue = {
  ...apiErrorCatalogue,
  schedule_twice: {
    class: "config",
    message: (p: { name: string }) => `Two schedules or sensors are named ${JSON.stringify(p.name)}`,
    hint: "Give each its own name in tapline.yml. tapline remembers under that name what has run.",
  },
  cron_invalid: {
    class: "config",
    message: (p: { name: string; cron: string; reason: string }) =>
      `The cron expression ${JSON.stringify(p.cron)} of ${p.name} can't be used: ${p.reason}`,
    hint: 'It is minute, hour, day of the month, month and day of the week: "0 2 * * *" is 02:00 each day.',
  },
  name_unknown: {
    class: "config",
    message: (p: { name: string; known: string[] }) =>
      `${JSON.stringify(p.name)} is no job, schedule or sensor of tapline.yml${p.known.length === 0 ? ", which has none" : `, which has ${p.known.join(", ")}`}`,
    hint: "Correct the name.",
  },
  port_taken: {
    class: "config",
    message: (p: { host: string; port: number; reason: string }) => `The server can't listen on ${p.host}:${p.port}: ${p.reason}`,
    hint: "Stop what listens there, or choose another port: tapline serve --port 4041",
  },
} as const satisfies Record<string, ErrorEntry<never>>;

export const errors = defineErrors(serverErrorCatalogue);
