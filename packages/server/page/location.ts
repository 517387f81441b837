/** Where the reader is: the path and query of the address, changes of it, and links that keep the environment. */
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { type Query, withQuery } from "./api.ts";

export interface Place {
  path: string;
  query: URLSearchParams;
}

const listeners = new Set<() => void>();

export const PlaceContext = createContext<Place>({ path: "/", query: new URLSearchParams() });
export const usePlace = (): Place => useContext(PlaceContext);

export function useAddress(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const follow = (): void => setPlace(here());
    listeners.add(follow);
    window.addEventListener("popstate", follow);
    return () => {
      listeners.delete(follow);
      window.removeEventListener("popstate", follow);
    };
  }, []);
  return place;
}

/** Goes to a view as a link does; `replace` leaves no step back. */
export function go(href: string, replace = false): void {
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  for (const listener of listeners) listener();
}

/** Adds the environment, where the reader chose one, to the path of a view. */
export function useHref(): (path: string, query?: Query) => string {
  const environment = usePlace().query.get("environment");
  return (path, query = {}) => withQuery(path, { environment, ...query });
}

/** Changes a part of the query of this view. */
export function changeQuery(change: Query, replace = false): void {
  const query = Object.fromEntries(here().query);
  go(withQuery(location.pathname, { ...query, ...change }), replace);
}

/** Lets the page itself follow its own links; keys that open a new tab, and links elsewhere, stay with the browser. */
export function followLinks(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const href = link.getAttribute("href");
    if (href === null || !href.startsWith("/") || link.hasAttribute("target") || link.hasAttribute("download")) return;
    event.preventDefault();
    go(href);
    window.scrollTo(0, 0);
  });
}

function here(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}
