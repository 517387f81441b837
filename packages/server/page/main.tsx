/** Starts the page that `tapline serve` shows. Everything it needs is in this bundle and in the API beside it. */
import { render } from "preact";
import { App } from "./app.tsx";
import { followLinks } from "./location.ts";
import { keptTheme, showTheme } from "./theme.ts";

showTheme(keptTheme());
followLinks();
render(<App />, document.getElementById("page") as HTMLElement);
