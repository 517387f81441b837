/** Reads the part of the Dockerfile language that our Dockerfile uses. Pure: it gets text and returns steps. */

export type Step =
  | { kind: "run"; command: string }
  | { kind: "copy"; from: string | undefined; sources: string[]; destination: string }
  | { kind: "workdir"; path: string }
  | { kind: "env"; name: string; value: string }
  | { kind: "user"; name: string }
  | { kind: "entrypoint" | "cmd"; words: string[] };

export interface Stage {
  /** The image it starts from. */
  image: string;
  /** What other stages call it. */
  name: string | undefined;
  steps: Step[];
}

/** @throws Error with the line of an instruction that it does not know */
export function readDockerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  const instructions = text
    .replaceAll(/^\s*#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  for (const line of instructions) {
    const [word = "", ...rest] = line.trim().split(/\s+/);
    const argument = line.trim().slice(word.length).trim();
    if (word === "FROM") {
      const [, image, name] = /^(\S+)(?: AS (\S+))?$/.exec(argument) ?? [];
      if (image === undefined) throw new Error(`not understood: ${line}`);
      stages.push({ image, name, steps: [] });
      continue;
    }
    const step = stepOf(word, argument, rest);
    if (step === undefined) throw new Error(`not understood: ${line}`);
    if (stages.length === 0) throw new Error(`before the first FROM: ${line}`);
    stages.at(-1)?.steps.push(step);
  }
  return stages;
}

function stepOf(word: string, argument: string, words: string[]): Step | undefined {
  if (word === "RUN") return { kind: "run", command: argument };
  if (word === "WORKDIR") return { kind: "workdir", path: argument };
  if (word === "USER") return { kind: "user", name: argument };
  if (word === "ENV") {
    const [, name, value] = /^(\w+)=(\S+)$/.exec(argument) ?? [];
    return name === undefined || value === undefined ? undefined : { kind: "env", name, value };
  }
  if (word === "ENTRYPOINT" || word === "CMD") return { kind: word === "CMD" ? "cmd" : "entrypoint", words: JSON.parse(argument) };
  if (word !== "COPY" || words.length < 2) return undefined;
  const from = /^--from=(\S+)$/.exec(words[0] as string)?.[1];
  const paths = from === undefined ? words : words.slice(1);
  if (paths.some((path) => path.startsWith("--"))) return undefined;
  return { kind: "copy", from, sources: paths.slice(0, -1), destination: paths.at(-1) as string };
}
