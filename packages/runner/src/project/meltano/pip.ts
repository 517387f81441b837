/** The `pip_url` of a plugin as requirements without options: tapline gives none to pip. Pure. */

const withValue = new Set([
  "-c",
  "--constraint",
  "-r",
  "--requirement",
  "-i",
  "--index-url",
  "--extra-index-url",
  "-f",
  "--find-links",
  "--python",
  "--trusted-host",
]);

/** undefined: it is installed from nothing. `dropped`: the options that have no counterpart. */
export function pipOf(url: string | undefined, expand: (text: string) => string): { pip: string; dropped: string[] } | undefined {
  if (url === undefined || url === "None") return undefined;
  const words = expand(url).trim().split(/\s+/);
  const requirements: string[] = [];
  const dropped: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const next = words[at + 1];
    if (word === "-e" || word === "--editable") continue;
    if (word === "@" && next !== undefined) {
      // "name @ url" is that url.
      requirements.pop();
      continue;
    }
    if (withValue.has(word) && next !== undefined) {
      dropped.push(`${word} ${next}`);
      at++;
    } else if (word.startsWith("-")) dropped.push(word);
    else if (word !== "") requirements.push(asRequirement(word));
  }
  return requirements.length === 0 ? undefined : { pip: requirements.join(" "), dropped };
}

/** A folder of the project is written with ./ before it; quotes are those of a shell. */
function asRequirement(word: string): string {
  const bare = word.replaceAll(/^(["'])(.*)\1$/g, "$2");
  return /^[\w.-]+(\/[\w.-]+)+\/?$/.test(bare) && !bare.startsWith(".") ? `./${bare}` : bare;
}
