/** What a server reports while it works. */
import type { Delivery, Tick } from "@tapline/runner";
import type { Waiting } from "./pass.ts";

export type ServerEvent =
  | { type: "listening"; url: string }
  | { type: "loaded"; schedules: number; sensors: number }
  | { type: "started"; name: string; job: string; dueAt: string; runId: string; missed: number; files: number }
  | { type: "ended"; name: string; job: string; runId: string; status: Tick["status"]; error: string | null }
  | { type: "waiting"; name: string; job: string; dueAt: string | null; waiting: Waiting }
  /** A notice was sent, or could not be. */
  | { type: "told"; channel: string; about: Delivery["event"]; outcome: Delivery["outcome"]; reason: string | null }
  /** A schedule or sensor could not be looked at, or tapline.yml could not be read: it is tried again. */
  | { type: "problem"; name: string | null; message: string; hint: string | null };
