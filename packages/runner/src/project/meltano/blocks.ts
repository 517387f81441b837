/** Splits the words of `run` as Meltano does: a tap up to its target is one step, any other word is one of its own. Pure. */

/** `plugin:command` becomes its words. `kindOf`: what a plugin is in tapline. */
export function splitBlocks(
  words: readonly string[],
  commands: Readonly<Record<string, readonly string[]>>,
  kindOf: (plugin: string) => string | undefined,
): string[][] {
  const blocks: string[][] = [];
  let open: string[] | undefined;
  for (const word of words) {
    const kind = kindOf(word);
    if (open !== undefined) {
      open.push(word);
      if (kind !== "mapper") open = undefined;
    } else {
      const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
      const block = command === undefined ? [word] : [...command];
      blocks.push(block);
      if (kind === "tap") open = block;
    }
  }
  return blocks;
}
