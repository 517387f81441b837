/** The header Link (RFC 8288), as far as paging needs it. */

/** The address with this relation; undefined where there is none. @example linkOf('<https://a/?p=2>; rel="next"', "next") // "https://a/?p=2" */
export function linkOf(header: string, rel: string): string | undefined {
  for (const [, address = "", params = ""] of header.matchAll(/<([^>]*)>((?:\s*;\s*[^,;"=]+(?:=(?:"[^"]*"|[^\s,;"]*))?)*)/g)) {
    const found = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(params);
    if ((found?.[1] ?? found?.[2] ?? "").toLowerCase().split(/\s+/).includes(rel.toLowerCase())) return address;
  }
  return undefined;
}
