/** The questions of `tapline init`, for a terminal. Loaded only when something is asked. */
import { confirm, isCancel, note, password, text } from "@clack/prompts";
import { TaplineError } from "@tapline/protocol";
import type { Questions } from "./init-questions.ts";
import { clean } from "./terminal.ts";
import { usage } from "./usage.ts";

export const terminalQuestions: Questions = {
  async source(check) {
    const message = "What do you want to load? A CSV or Excel file, or a folder of them (nothing: a small sample)";
    const validate = (value: string | undefined): string | undefined => {
      const typed = value?.trim() ?? "";
      return typed === "" ? undefined : problemOf(() => check(typed));
    };
    return answerOf<string>(await text({ message, defaultValue: "", validate })).trim();
  },
  async database(proposed, check) {
    const typed = await text({
      message: "Into which database? duckdb:FILE or postgres://USER@HOST/DATABASE",
      // Not as the initial value: what is typed would be added to it.
      placeholder: proposed,
      defaultValue: proposed,
      validate: (value) => problemOf(() => check(value?.trim() ?? "")),
    });
    return answerOf<string>(typed).trim();
  },
  async password(address) {
    return answerOf(
      await password({ message: `Password for ${clean(address)} (nothing: none). It is written to .env, not to tapline.yml` }),
    );
  },
  async keys({ name, keyCandidates }, check) {
    const candidates = keyCandidates.length === 0 ? "" : `; the first values differ in ${keyCandidates.join(", ")}`;
    const typed = await text({
      message: clean(`Which columns identify a row of ${name}? Separated by commas (nothing: rows are only added)${candidates}`),
      initialValue: keyCandidates[0] ?? "",
      validate: (value) => problemOf(() => check(splitKeys(value ?? ""))),
    });
    return splitKeys(answerOf<string | undefined>(typed) ?? "");
  },
  async agrees(content) {
    note(content.trimEnd(), "tapline.yml");
    return answerOf<boolean>(await confirm({ message: "Write these files?" }));
  },
};

function splitKeys(typed: string): string[] {
  return typed.split(",").flatMap((key) => (key.trim() === "" ? [] : [key.trim()]));
}

/** @throws init_cancelled */
function answerOf<T>(answer: unknown): T {
  if (!isCancel(answer)) return answer as T;
  throw usage.init_cancelled({});
}

function problemOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
    return error.message;
  }
}
