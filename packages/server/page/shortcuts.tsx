/** Keys for those who use no mouse: g and a letter goes to a view, / searches, j and k go through rows, ? shows this. */
import { useEffect, useRef, useState } from "preact/hooks";
import { go, useHref } from "./location.ts";
import { Dialog } from "./parts/dialog.tsx";

/** Views by the letter after g. */
export const viewKeys: Readonly<Record<string, readonly [string, string]>> = {
  p: ["/", "Pipelines"],
  r: ["/runs", "Runs"],
  s: ["/streams", "Streams"],
  b: ["/backfills", "Back-fills"],
  c: ["/checks", "Checks"],
  f: ["/files", "Files"],
  j: ["/rejects", "Rejected rows"],
  t: ["/states", "States"],
  n: ["/notices", "Notices"],
  l: ["/lineage", "Lineage"],
};

const offKey = "tapline-keys";
const areOff = (): boolean => localStorage.getItem(offKey) === "off";

export function Shortcuts() {
  const href = useHref();
  const [isShown, setShown] = useState(false);
  const hrefNow = useRef(href);
  hrefNow.current = href;
  useEffect(() => {
    let isGo = false;
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event) || areOff() || document.querySelector("dialog[open]")) return;
      const view = isGo ? viewKeys[event.key] : undefined;
      isGo = event.key === "g" && !isGo;
      if (view) go(hrefNow.current(view[0]));
      else if (event.key === "?") setShown(true);
      else if (event.key === "/") focusSearch();
      else if (event.key === "j" || event.key === "k") focusRow(event.key === "j" ? 1 : -1);
      else if (!isGo) return;
      event.preventDefault();
    };
    const show = (): void => setShown(true);
    document.addEventListener("keydown", press);
    window.addEventListener("showshortcuts", show);
    return () => {
      document.removeEventListener("keydown", press);
      window.removeEventListener("showshortcuts", show);
    };
  }, []);
  return isShown ? <ShortcutList onClose={() => setShown(false)} /> : null;
}

function ShortcutList({ onClose }: { onClose: () => void }) {
  const [isOff, setOff] = useState(areOff);
  const change = (event: Event): void => {
    const off = !(event.target as HTMLInputElement).checked;
    localStorage.setItem(offKey, off ? "off" : "on");
    setOff(off);
  };
  const keys: readonly (readonly [string, string])[] = [
    ...Object.entries(viewKeys).map(([key, [, name]]) => [`g ${key}`, name] as const),
    ["/", "Search, or the first filter"],
    ["j k", "Next row, row before; Enter opens it"],
    ["← →", "In a strip of runs: older, newer"],
    ["Esc", "Close what is open"],
    ["?", "These keys"],
  ];
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((each) => (
                <kbd key={each}>{each}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={!isOff} onChange={change} /> These keys are on
      </label>
    </Dialog>
  );
}

function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  const element = target as HTMLElement;
  return ctrlKey || metaKey || altKey || element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function focusSearch(): void {
  const field = document.querySelector<HTMLElement>("main input[type=search], main input, main select");
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
}

/** A row takes the focus by its first link. */
function focusRow(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")];
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + step))];
  const focused = row?.querySelector<HTMLElement>("a, button") ?? row;
  focused?.focus();
  row?.scrollIntoView({ block: "nearest" });
}
