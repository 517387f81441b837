/** `tapline state edit`: opens a state in an editor. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Args, Command } from "@oclif/core";
import { parseExact } from "@tapline/protocol";
import { changeState, parseStateText } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { keptState, openStoreOf } from "../../state-store.ts";
import { printLines } from "../../terminal.ts";
import { usage } from "../../usage.ts";

export default class StateEdit extends Command {
  static override description = "Opens the state under an id in your editor (VISUAL, EDITOR, else vi), and keeps what you save.";
  static override examples = ["<%= config.bin %> state edit dev:tap-csv-to-target-duckdb"];
  static override args = { id: Args.string({ description: "The state's id, see: tapline state list", required: true }) };

  async run(): Promise<void> {
    const { args } = await this.parse(StateEdit);
    await conclude(async () => {
      await using store = await openStoreOf(args.id);
      const { value: expected } = await keptState(store, args.id);
      const shown = `${JSON.stringify(parseExact(expected), null, 2)}\n`;
      const edited = await edit(shown);
      if (edited === shown) {
        printLines(["Nothing was changed."]);
        return exitCodes.done;
      }
      // A change that was made while the editor was open wins.
      await changeState(store, "edit", { stateId: args.id, value: parseStateText(edited), expected });
      printLines([`Saved under ${args.id}.`]);
      return exitCodes.done;
    });
  }
}

/** Does not use a shell: the editor is a program and its arguments. */
async function edit(content: string): Promise<string> {
  const editor = process.env.VISUAL || process.env.EDITOR || "vi";
  const [program = "", ...args] = editor.trim().split(/\s+/);
  const folder = mkdtempSync(join(tmpdir(), "tapline-state-"));
  const file = join(folder, "state.json");
  try {
    writeFileSync(file, content, { mode: 0o600 });
    const child = spawn(program, [...args, file], { stdio: "inherit" });
    const [code, signal] = (await once(child, "exit").catch((error: Error) => {
      throw usage.editor_failed({ editor, how: `could not be started (${error.message})` });
    })) as [number | null, string | null];
    if (code !== 0) throw usage.editor_failed({ editor, how: `ended with ${signal ?? `exit code ${code}`}` });
    return readFileSync(file, "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
