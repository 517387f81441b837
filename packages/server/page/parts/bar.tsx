/** The bar above every view: the project, the views, the environment, the theme. */
import { useEffect, useRef, useState } from "preact/hooks";
import { changeQuery, useHref } from "../location.ts";
import type { ViewName } from "../router.ts";
import { useEnvironment, useSession } from "../session.ts";
import { viewKeys } from "../shortcuts.tsx";
import { keptTheme, nextTheme, setTheme, type Theme } from "../theme.ts";

/** The entry of the bar that a view belongs to. */
const entryOf: Partial<Record<ViewName, string>> = {
  pipelines: "/",
  pipeline: "/",
  runs: "/runs",
  run: "/runs",
  log: "/runs",
  streams: "/streams",
  stream: "/streams",
  states: "/states",
  state: "/states",
  backfills: "/backfills",
  checks: "/checks",
  files: "/files",
  rejects: "/rejects",
  notices: "/notices",
  lineage: "/lineage",
};

export function Bar({ view, onSignOut }: { view: ViewName; onSignOut: (() => void) | undefined }) {
  const session = useSession();
  const href = useHref();
  const nav = useRef<HTMLElement>(null);
  // On a phone the views do not all fit.
  useEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (nav.current && current) nav.current.scrollLeft = current.offsetLeft - nav.current.offsetLeft - 40;
  }, [view]);
  return (
    <header class="bar">
      <a class="brand" href={href("/")} title={session.project.folder}>
        {session.project.name}
      </a>
      <nav aria-label="Views" ref={nav}>
        {Object.values(viewKeys).map(([path, name]) => (
          <a key={path} href={href(path)} aria-current={entryOf[view] === path ? "page" : undefined}>
            {name}
          </a>
        ))}
      </nav>
      <div class="bar-end">
        {session.role !== "edit" && (
          <span class="tag" title={session.role === "read" ? "You may look at everything." : "You may look, start, cancel and pause."}>
            {session.read_only ? "read-only" : `role ${session.role}`}
          </span>
        )}
        <EnvironmentChoice />
        <ThemeButton />
        <button
          type="button"
          class="icon"
          title="Keys (?)"
          aria-label="Keys"
          onClick={() => window.dispatchEvent(new Event("showshortcuts"))}
        >
          ?
        </button>
        {onSignOut && (
          <button type="button" onClick={onSignOut}>
            Sign out
          </button>
        )}
      </div>
    </header>
  );
}

function EnvironmentChoice() {
  const { environments } = useSession();
  const environment = useEnvironment();
  if (environments.length < 2) return null;
  return (
    <label class="field">
      <span class="hidden">Environment</span>
      <select value={environment ?? ""} onChange={(event) => changeQuery({ environment: event.currentTarget.value, before: null })}>
        <option value="">all environments</option>
        {environments.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

const themeIcons: Readonly<Record<Theme, string>> = { system: "◐", light: "☀", dark: "☾" };

function ThemeButton() {
  const [theme, setShown] = useState(keptTheme);
  useEffect(() => setTheme(theme), [theme]);
  const text = `Theme: ${theme === "system" ? "as the system" : theme}`;
  return (
    <button type="button" class="icon" title={text} aria-label={text} onClick={() => setShown(nextTheme(theme))}>
      {themeIcons[theme]}
    </button>
  );
}
