/**
 * Runs a plugin as a process: arguments, config, report, signals and exit codes. Only this file, `output.ts`, `control.ts` and
 * `utility-main.ts` use the process.
 */
import { writeSync } from "node:fs";
import { constants } from "node:os";
import { asTaplineError, exitCodes, redactor, secretValues } from "@tapline/protocol";
import { about, aboutMarkdown, type Described } from "../config/about.ts";
import { checkConfig } from "../config/check.ts";
import type { SettingAliases } from "../config/define.ts";
import { readConfig } from "../config/read.ts";
import { errors } from "../errors.ts";
import { createReport, type Report } from "../report/report.ts";
import { Stopped } from "../target/load.ts";
import { type Arguments, helpText, type PluginKind, readArguments } from "./arguments.ts";
import { runCommand } from "./command.ts";
import { type Control, openControl } from "./control.ts";

export interface PluginRun<T> {
  args: Arguments;
  config: T;
  report: Report;
  /** Aborted by SIGTERM or SIGINT, and when the runner that started this process is dead. */
  signal: AbortSignal;
  /** After the end of the input: whether the tap sent everything. Only a runner knows, so it is undefined without one. */
  isWhole?: () => Promise<boolean>;
  /** Sends a message to the runner that started this process; undefined without one. */
  send?: Control["send"];
  /** What the runner says while a tap reads; undefined without one. */
  told?: Pick<Control, "durable" | "finish" | "secrets">;
  /** Ends the process at once by the signal that stopped it. */
  dieOfSignal(): void;
}

/** Runs `work` and ends the process: with 0, with the exit code of the error's class, or with 128 + n after a signal. */
export function runPlugin<T>(plugin: Described, kind: PluginKind, work: (run: PluginRun<T>) => Promise<void>): Promise<never> {
  return superviseProcess(plugin.name, async (life) => {
    const argv = process.argv.slice(2);
    if (await runCommand(plugin, argv, { print, log: life.report.log, signal: life.signal })) return;
    const args = readArguments(plugin.name, kind, argv);
    if (answer(plugin, kind, args)) return;
    const given = await readConfig({
      plugin: plugin.name,
      schema: plugin.config,
      aliases: plugin.aliases,
      sources: args.config,
      env: process.env,
    });
    const config = life.takeConfig<T>(plugin, given);
    const control = life.openControl();
    const runner = control === undefined ? {} : { isWhole: () => control.whole, send: control.send, told: control };
    await work({ args, config, report: life.report, signal: life.signal, dieOfSignal: life.die, ...runner });
  });
}

/** What `superviseProcess` gives its work. */
export interface Life {
  readonly report: Report;
  /** Aborted by SIGTERM or SIGINT, and when the runner that started this process is dead. */
  readonly signal: AbortSignal;
  /** Ends the process at once by the signal that stopped it. */
  die(): void;
  /** Checks the config and prints its warnings. From now on, its secrets are replaced in everything that is printed. @throws config_invalid, config_unsupported */
  takeConfig<T>(plugin: Described, given: Record<string, unknown>): T;
  /** Opens the runner's control channel, whose end stops this process. @throws control_unusable */
  openControl(): Control | undefined;
}

/** Runs `work` and takes care of its report, of signals and of exit codes. */
export async function superviseProcess(name: string, work: (life: Life) => Promise<void>): Promise<never> {
  let report = createReport(reportOptions(name));
  const stop = stopSignal();
  let isRun = false;
  try {
    await work({
      get report() {
        return report;
      },
      signal: stop.signal,
      die: stop.die,
      takeConfig<T>(plugin: Described, given: Record<string, unknown>): T {
        report = createReport({
          ...reportOptions(name),
          redact: redactor(secretValues(withoutAliases(given, plugin.aliases), plugin.config)),
        });
        const { config, warnings } = checkConfig<T>(name, plugin.config, given, plugin.aliases);
        for (const warning of warnings) report.log("warning", warning);
        return config;
      },
      openControl() {
        const control = openControl(process.env);
        isRun = control !== undefined;
        void control?.whole.then((isWhole) => {
          if (!isWhole) stop.orphaned();
        });
        return control;
      },
    });
    report.flush();
    process.exit(stop.exitCode() ?? 0);
  } catch (error) {
    const code = stop.exitCode();
    report.flush();
    if (code !== undefined) {
      if (!(error instanceof Stopped)) report.error(asTaplineError(error));
      // A runner that stopped the plugin knows it, and why.
      report.log(isRun ? "debug" : "warning", `stopped by ${stop.reason()} before the end`);
      process.exit(code);
    }
    const known = asTaplineError(error);
    report.error(known);
    process.exit(exitCodes[known.class]);
  }
}

/** Secrets are found by the names of settings, so each alias is replaced by the setting it stands for. */
function withoutAliases(given: Record<string, unknown>, aliases: SettingAliases = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [Object.hasOwn(aliases, name) ? aliases[name] : name, value]));
}

/** Prints the answer to --help, --version or --about, which need no config. Returns whether one was asked for. */
function answer(plugin: Described, kind: PluginKind, args: Arguments): boolean {
  if (args.help) print(helpText(plugin, kind));
  else if (args.version) print(`${plugin.name} ${plugin.version}\n`);
  else if (args.about) print(args.format === "json" ? `${JSON.stringify(about(plugin), null, 2)}\n` : aboutMarkdown(plugin));
  else return false;
  return true;
}

/** The exit code of a process that ended because nobody read its output: 128 + the number of SIGPIPE, which Node.js ignores. */
const unread = 141;

/**
 * Prints an answer whole, also into a slow or non-blocking pipe. If its reader has ended, such as `head`, so does this process, without a
 * message. @throws output_failed
 */
export function print(text: string): void {
  try {
    writeFully(1, text);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EPIPE" || code === "ECONNRESET") process.exit(unread);
    throw errors.output_failed({ reason: message }, {}, error);
  }
}

function reportOptions(name: string) {
  const isVerbose = process.argv.some((word) => word === "--verbose" || word === "-v");
  return { plugin: name, isTerminal: process.stderr.isTTY === true, isVerbose, write: writeToStderr };
}

/** Errors are ignored: where nobody reads stderr, there is no place to report them. */
function writeToStderr(text: string): void {
  try {
    writeFully(2, text);
  } catch {}
}

function writeFully(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** The first SIGTERM or SIGINT stops the work; a second one ends the process at once. */
function stopSignal() {
  const controller = new AbortController();
  let first: NodeJS.Signals | undefined;
  let isOrphan = false;
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => {
      if (first !== undefined) return dieOf(name);
      first = name;
      controller.abort();
    });
  }
  return {
    signal: controller.signal,
    /** The runner is dead: the process stops as after a SIGTERM. */
    orphaned() {
      if (first !== undefined) return;
      isOrphan = true;
      first = "SIGTERM";
      controller.abort();
    },
    reason: () => (isOrphan ? "the end of the runner that started it" : first),
    die: () => dieOf(first ?? "SIGTERM"),
    exitCode: () => (first === undefined ? undefined : 128 + constants.signals[first]),
  };
}

/** Dies of the signal itself: `process.exit` would wait for a write that nobody reads. A shell sees 128 + n either way. */
function dieOf(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
