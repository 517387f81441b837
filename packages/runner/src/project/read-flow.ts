/** Reads a list or an object in the form that it has in one line of tapline.yml. Pure. */

import { parseDocument } from "yaml";

/** undefined: it is neither, or no YAML. */
export function readFlow(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const document = parseDocument(text);
  return document.errors.length > 0 ? undefined : document.toJS();
}
