/**
 * Reads server-sent events from a stream of text. EventSource can't send a token in a header, so the page reads the answer itself.
 * Pure: chunks go in, events come out. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

export interface ServerEvent {
  name: string;
  data: string;
}

/** Takes the next chunk, cut anywhere, and gives the events that it completes. */
export function createEventReader(): (chunk: string) => ServerEvent[] {
  let rest = "";
  return (chunk) => {
    const text = rest + chunk;
    // A chunk may end between \r and \n, which are one end of a line.
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    const blocks = whole.replaceAll(/\r\n?/g, "\n").split("\n\n");
    rest = `${blocks.pop() ?? ""}${whole === text ? "" : "\r"}`;
    return blocks.flatMap(readBlock);
  };
}

function readBlock(block: string): ServerEvent[] {
  const fields = block.split("\n").map((line) => /^([^:]*)(?:: ?(.*))?$/.exec(line));
  const valuesOf = (name: string): string[] => fields.filter((field) => field?.[1] === name).map((field) => field?.[2] ?? "");
  const data = valuesOf("data");
  const name = valuesOf("event").at(-1) ?? "message";
  return data.length === 0 && name === "message" ? [] : [{ name, data: data.join("\n") }];
}
