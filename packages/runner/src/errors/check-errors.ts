/** What can go wrong with checks of data. */
import type { ErrorEntry } from "@tapline/protocol";

export const checkErrorCatalogue = {
  check_wrong: {
    class: "config",
    message: (p: { problem: string }) => `A check can't be used: ${p.problem}`,
    hint: "Correct it in tapline.yml; docs/how-to/checks.md has all rules.",
  },
  check_stream_unknown: {
    class: "config",
    message: (p: { id: string; stream: string; tap: string; meant: string | undefined }) =>
      `The check ${p.id} is about the stream ${JSON.stringify(p.stream)}, which ${p.tap} does not read${p.meant === undefined ? "" : `; did you mean ${p.meant}?`}`,
    hint: (p: { tap: string }) => `Correct the name in \`checks\` in tapline.yml. To see the streams: tapline select ${p.tap} --list`,
  },
  check_column_unknown: {
    class: "config",
    message: (p: { id: string; column: string; stream: string; meant: string | undefined }) =>
      `The check ${p.id} is about the column ${JSON.stringify(p.column)}, which the stream ${JSON.stringify(p.stream)} does not have${p.meant === undefined ? "" : `; did you mean ${p.meant}?`}`,
    hint: (p: { tap: string }) => `Correct the name in \`checks\` in tapline.yml. To see the columns: tapline select ${p.tap} --list`,
  },
  checks_unsupported: {
    class: "config",
    message: (p: { target: string; id: string; what: string }) => `${p.target} ${p.what}, so the check ${p.id} could not be run`,
    hint: "Remove the check, or load into a target that can: docs/how-to/checks.md lists them.",
  },
  checks_failed: {
    class: "data",
    message: (p: { problems: readonly string[] }) =>
      `${p.problems.length === 1 ? "A check failed" : `${p.problems.length} checks failed`}: ${p.problems.slice(0, 5).join("; ")}${p.problems.length > 5 ? "; and more" : ""}`,
    hint: "Mend the data, then look again without loading: tapline check. What was loaded is kept, and the bookmark has moved.",
  },
  check_unreadable: {
    class: "protocol",
    message: (p: { name: string; start: string }) =>
      `${p.name} was asked to check its tables, and ${p.start === "" ? "did not tell what every check found" : `printed something other than that: ${JSON.stringify(p.start)}`}`,
    hint: "Report it to the target's author.",
  },
} as const satisfies Record<string, ErrorEntry>;
