/** Replaces variables in the URLs that a person types: a password in one stays out of the list of processes and of the shell's history. Pure. */

import { errors } from "../errors.ts";
import { escapeDollars } from "../project/variables.ts";

/**
 * A setting with the address in which `$NAME` and `${NAME}` of a URL are replaced by the variable, percent-encoded, so that a password may
 * have any character. `$$` is a dollar sign. @throws variable_missing
 */
export function expandAddress(address: string, variables: Readonly<Record<string, string | undefined>>): string {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  if (!isUrl) return escapeDollars(address);
  return address.replaceAll(/\$\$|\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g, (whole, braced?: string, bare?: string) => {
    if (whole === "$$") return whole;
    const variable = braced ?? bare ?? "";
    const value = variables[variable];
    if (value === undefined) throw errors.variable_missing({ variable, place: "the address" });
    const encoded = encodeURIComponent(value);
    // A reference lets the value be recognized as a secret.
    return encoded === value ? `\${${variable}}` : escapeDollars(encoded);
  });
}
