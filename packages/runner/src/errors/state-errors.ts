/** What can go wrong with states, the store that keeps them, and the lease of a run. */
import type { ErrorEntry } from "@tapline/protocol";

export const stateErrorCatalogue = {
  stream_not_in_state: {
    class: "config",
    message: (p: { stream: string; known: readonly string[] }) =>
      `The state has no bookmark of ${p.stream}; it has ${p.known.length === 0 ? "none by stream" : `those of ${p.known.join(", ")}`}`,
    hint: (p: { hasBookmarks: boolean; meant?: string | undefined }) =>
      p.meant === undefined
        ? !p.hasBookmarks
          ? "This state can't be split by stream. To load everything again, leave out the names: --full-refresh --replace"
          : "A stream without a bookmark is read from its beginning in any case. Without names, all streams start over."
        : `Did you mean ${p.meant}?`,
  },
  already_running: {
    class: "config",
    recovery: "retry",
    message: (p: { stateId: string; runId: string; where: string; started: string }) =>
      `${p.stateId} is already running: run ${p.runId}, ${p.where}, since ${p.started}`,
    hint: "Wait for that run or stop it, or run beside it with a separate state id: --state-id-suffix NAME",
  },
  meltano_state_unreadable: {
    class: "connection",
    message: (p: { place: string; reason: string }) => `The states of Meltano in ${p.place} can't be read: ${p.reason}`,
    hint: "Without them, everything would be read again. Look at them with: meltano state list. If they are of no use, move that file away.",
  },
  state_id_invalid: {
    class: "config",
    message: (p: { part: string; isWhole?: boolean }) =>
      `${JSON.stringify(p.part)} ${p.isWhole === true ? "is not a state id" : "can't be part of a state id"}`,
    hint: (p: { isWhole?: boolean }) =>
      p.isWhole === true
        ? "It has the form ENVIRONMENT:TAP-to-TARGET, such as dev:tap-csv-to-target-duckdb, with an optional :SUFFIX. For a suffix alone: --state-id-suffix NAME"
        : "Use letters, digits, dots, dashes and underscores.",
  },
  lease_lost: {
    class: "connection",
    message: (p: { stateId: string; runId: string; by: string | undefined }) =>
      `The run ${p.runId} no longer holds ${p.stateId}: ${p.by === undefined || p.by === p.runId ? "it was marked as crashed" : `${p.by} took its place`}`,
    hint: "This machine was asleep, or could not reach the store of states, for longer than the lease. The other run's state is the valid one. Run again when that run has ended.",
  },
  state_changed: {
    class: "data",
    message: (p: { stateId: string; runId: string | undefined }) =>
      `The state of ${p.stateId} has changed since it was read${p.runId === undefined ? ": it was cleared" : `, by ${p.runId}`}`,
    hint: "Look at it with tapline state get, and make the change again if it is still wanted.",
  },
  state_not_json: {
    class: "config",
    message: (p: { reason: string }) => `The state is not JSON: ${p.reason}`,
    hint: `Give one JSON object, for example '{"bookmarks":{}}', or - to read it from stdin.`,
  },
  no_earlier_state: {
    class: "config",
    message: (p: { id: string }) => `The history of ${p.id} has no other state to go back to`,
    hint: (p: { id: string }) => `See: tapline state history ${p.id}`,
  },
  run_not_in_history: {
    class: "config",
    message: (p: { id: string; run: string }) => `The history of ${p.id} has no run ${p.run} that has ended`,
    hint: (p: { id: string }) => `See: tapline state history ${p.id}`,
  },
  state_setting_missing: {
    class: "config",
    message: (p: { setting: string; backend: string }) => `state.${p.setting} is not set; the backend ${p.backend} needs it`,
    hint: (p: { setting: string }) => `Set it in tapline.yml: state: { ${p.setting}: $STATE_${p.setting.toUpperCase()} }`,
  },
  store_unreachable: {
    class: "connection",
    recovery: "retry",
    message: (p: { place: string; reason: string }) => `States can't be kept in ${p.place}: ${p.reason}`,
    hint: "Check state.url in tapline.yml (for S3 state.path and state.endpoint), that the server runs and accepts this role, and that the role may use the schema (or create it). Then run again: it continues from the last bookmark that was kept.",
  },
  store_too_new: {
    class: "config",
    message: (p: { path: string; version: number }) => `${p.path} was written by a newer tapline (format version ${p.version})`,
    hint: "Update tapline, or use another project folder.",
  },
  store_unusable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `State and history can't be kept in ${p.path}: ${p.reason}`,
    hint: "Give the user that runs tapline write permission on the project's .tapline folder. If the disk is full, free space; if files may not grow (ulimit -f), raise that limit. Then run again: it continues from the last bookmark that was kept.",
  },
} as const satisfies Record<string, ErrorEntry>;
