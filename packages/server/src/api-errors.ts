/** What the API answers where it can't do what was asked. */
import type { ErrorEntry } from "@tapline/protocol";

export const apiErrorCatalogue = {
  server_open: {
    class: "config",
    message: (p: { host: string }) => `The server would listen on ${p.host}, where others reach it, and nobody needs a token`,
    hint: "Add server.tokens to tapline.yml, such as server: { tokens: { ops: { token: $TAPLINE_TOKEN, role: edit } } }, or leave out --host.",
  },
  token_short: {
    class: "config",
    message: (p: { name: string; least: number }) => `The token ${p.name} has fewer than ${p.least} characters`,
    hint: "Make a long one, for example with: openssl rand -hex 32",
  },
  token_wrong: {
    class: "config",
    message: () => "This server needs a token, and the request has none that it knows",
    hint: "Send one of server.tokens in tapline.yml as Authorization: Bearer TOKEN",
  },
  role_too_low: {
    class: "config",
    message: (p: { role: string; needed: string; isReadOnly: boolean }) =>
      p.isReadOnly ? "This server is read-only" : `This needs the role ${p.needed}, and the request has the role ${p.role}`,
    hint: (p: { isReadOnly: boolean }) => (p.isReadOnly ? "Ask whoever runs it, or use a terminal." : "Use a token of that role."),
  },
  request_foreign: {
    class: "config",
    message: () => "The request changes something, and does not come from the page of this server",
    hint: "A program sends the header x-tapline: 1.",
  },
  host_unknown: {
    class: "config",
    message: () => "This server answers only by its own address",
    hint: "Add the name to server.hosts in tapline.yml.",
  },
  route_unknown: {
    class: "config",
    message: (p: { path: string }) => `The API has no ${p.path}`,
    hint: "See /api/openapi.json",
  },
  request_malformed: {
    class: "config",
    message: (p: { what: string; problems: readonly string[] }) => `${p.what} is not as it must be: ${p.problems.join("; ")}`,
    hint: "See /api/openapi.json",
  },
  body_too_large: {
    class: "config",
    message: (p: { most: number }) => `The body has more than ${p.most} bytes`,
    hint: "For a state of that size: tapline state set ID - < state.json",
  },
  answer_failed: {
    class: "bug",
    message: () => "The server could not answer: its log says why",
    hint: "Look at what tapline serve printed.",
  },
  run_not_known: {
    class: "config",
    message: (p: { runId: string }) => `There is no run ${JSON.stringify(p.runId)} in this project's history`,
    hint: "See the list of runs. Old runs are forgotten (history.keep_days).",
  },
  run_over: {
    class: "config",
    message: (p: { runId: string; status: string }) => `Run ${p.runId} is ${p.status}, so this can't be done with it`,
    hint: "Look at the run again: it may have changed since.",
  },
  run_not_started: {
    class: "config",
    message: (p: { exitCode: number | null; reason: string }) =>
      `The run could not begin${p.exitCode === null ? "" : ` (exit code ${p.exitCode})`}: ${p.reason}`,
    hint: "Mend what the message names, then start it again.",
  },
  stream_not_run: {
    class: "config",
    message: (p: { job: string; stream: string }) => `The last runs of ${p.job} have no stream ${JSON.stringify(p.stream)}`,
    hint: "See the list of streams.",
  },
  state_unknown: {
    class: "config",
    message: (p: { id: string }) => `There is no state under ${JSON.stringify(p.id)}, and none was there`,
    hint: "See the list of states.",
  },
} as const satisfies Record<string, ErrorEntry<never>>;
