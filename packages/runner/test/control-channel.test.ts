/** Runners and plugins of before and after the control channel, as real processes: each pair ends a whole input and a dead runner alike. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { controlFormOf, type ReceivedControlMessage, readAbout } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import { startChild } from "../src/process/child.ts";
import { openControlChannel } from "../src/process/control-channel.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "control-"));
writeFileSync(join(folder, "config.json"), JSON.stringify({ destination_path: folder }));

/** A plugin of this repository is as new as it gets. */
const plugins = {
  new: { program: path("../../../plugins/target-jsonl/bin/target-jsonl.js"), about: path("../../../plugins/target-jsonl/about.json") },
  old: { program: path("fixtures/old-target.mjs"), about: undefined },
};

interface Started {
  sendWhole(): unknown;
  close(): unknown;
  /** The exit code, or what stands for it. */
  ended: Promise<number | null>;
}

type Runner = (plugin: keyof typeof plugins) => Promise<Started>;

const runners: Record<"new" | "old", Runner> = {
  async new(name) {
    const { program, about } = plugins[name];
    const reported =
      about === undefined ? { capabilities: ["control-pipe"] } : readAbout(JSON.stringify(JSON.parse(readFileSync(about, "utf8")).json));
    // Its input is at its end from the start: only the channel reports whether that was all.
    const child = await startChild({
      name,
      executable: { path: program, command: process.execPath, leadingArgs: [program] },
      args: ["--config", join(folder, "config.json")],
      cwd: folder,
      processEnv: process.env,
      env: {},
      stdio: ["ignore", "ignore", "ignore"],
      control: controlFormOf(reported),
    });
    return {
      sendWhole: () => child.control?.sendWhole(),
      close: () => child.control?.close(),
      ended: child.exited.then(({ code }) => code),
    };
  },
  async old(name) {
    const { program } = plugins[name];
    const child = spawn(process.execPath, [program, "--config", join(folder, "config.json")], {
      cwd: folder,
      env: { ...process.env, TAPLINE_CONTROL_FD: "3" },
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    const control = child.stdio[3] as Duplex;
    return {
      sendWhole: () => control.write("whole\n"),
      close: () => control.destroy(),
      ended: once(child, "exit").then(([code]) => code as number | null),
    };
  },
};

describe.each(["new", "old"] as const)("a %s runner", (runner) => {
  test.each(["new", "old"] as const)("with a %s plugin: `whole` ends it well", async (plugin) => {
    const { sendWhole, ended } = await runners[runner](plugin);
    await sendWhole();
    expect(await ended).toBe(0);
  });

  test.each(["new", "old"] as const)("with a %s plugin: its death does not", async (plugin) => {
    const { close, ended } = await runners[runner](plugin);
    await close();
    expect(await ended).toBe(143);
  });
});

test("a plugin may write what the runner does not know, and close its side, before it waits for `whole`", async () => {
  const child = spawn(process.execPath, [path("fixtures/chatty-target.mjs")], {
    env: { ...process.env, TAPLINE_CONTROL_FD: "3" },
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const exited = once(child, "exit");
  const received: ReceivedControlMessage[] = [];
  const allReceived = new Promise<void>((resolve) => {
    const channel = openControlChannel(child.stdio[3] as Duplex, "channel", (message) => {
      received.push(message);
      if (message.type === "done") void channel.sendWhole().then(resolve);
    });
  });
  await allReceived;
  expect(received.map(({ type, n }) => n ?? type)).toEqual([...Array.from({ length: 20 }, (_, n) => n), "done"]);
  expect(await exited).toEqual([0, null]);
});
