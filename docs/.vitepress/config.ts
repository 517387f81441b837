/** The site of the pages in docs/. The list at its side is that of docs/README.md; a link that leads to no page fails the build. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type DefaultTheme, defineConfig } from "vitepress";

const docs = fileURLToPath(new URL("..", import.meta.url));
const root = resolve(docs, "..");
const repository = "https://github.com/tapline/tapline";

export default defineConfig({
  title: "tapline",
  description: "Taps, targets and a runner: Singer in TypeScript",
  rewrites: { "README.md": "index.md", ":folder/README.md": ":folder/index.md" },
  cleanUrls: true,
  lastUpdated: false,
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Tutorials", link: "/tutorials/first-pipe" },
      { text: "Reference", link: "/reference/run" },
      { text: "Architecture", link: "/architecture" },
    ],
    sidebar: sidebar(),
    socialLinks: [{ icon: "github", link: repository }],
  },
  markdown: {
    // Text such as <table>__rejects is text, and comments are for tests.
    html: false,
    // Braces in text are text.
    attrs: { disable: true },
    config(markdown) {
      markdown.core.ruler.before("normalize", "comments", (state) => {
        state.src = withoutComments(state.src);
      });
      // Two braces would be a script of the page.
      const plain = (text = ""): string => markdown.utils.escapeHtml(text).replaceAll("{{", "&#123;&#123;");
      markdown.renderer.rules.text = (tokens, at) => plain(tokens[at]?.content);
      markdown.renderer.rules.code_inline = (tokens, at) => `<code>${plain(tokens[at]?.content)}</code>`;
      markdown.core.ruler.push("links-out", (state) => {
        for (const block of state.tokens)
          for (const token of block.children ?? []) {
            const href = token.attrGet("href");
            if (token.type === "link_open" && href !== null) token.attrSet("href", addressOf(href, (state.env as { path: string }).path));
          }
      });
    },
  },
});

/** Rows of the table in docs/README.md: the first cell names the group, and the second one has its pages. */
function sidebar(): DefaultTheme.SidebarItem[] {
  const rows = readFileSync(resolve(docs, "README.md"), "utf8").matchAll(/^\| ([A-Z][^|]+?) \| (.+) \|$/gm);
  return [...rows]
    .map(([, text = "", cell = ""]) => {
      const pages = [...cell.matchAll(/\[((?:[^\]`]|`[^`]*`)+)\]\(([^)#]+\.md)\)/g)].filter(([, , path = ""]) => !path.startsWith(".."));
      return {
        text,
        collapsed: pages.length > 12,
        items: pages.map(([, title = "", path = ""]) => ({
          text: title.replaceAll("`", ""),
          link: `/${path.replace(/(README)?\.md$/, "")}`,
        })),
      };
    })
    .filter(({ items }) => items.length > 0);
}

/** Lines outside code. */
function withoutComments(text: string): string {
  const parts = text.split(/^(```[\s\S]*?^```$)/m);
  return parts.map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/<!--[\s\S]*?-->\n?/g, ""))).join("");
}

/** What is no page of the site is in the repository. */
function addressOf(href: string, page: string): string {
  if (/^([a-z]+:|#)/i.test(href)) return href;
  const [path = "", hash] = href.split("#");
  const file = resolve(dirname(page), decodeURI(path));
  if (!existsSync(file)) return href;
  const isPage = file.endsWith(".md") && !relative(docs, file).startsWith("..");
  if (isPage) return href;
  return `${repository}/blob/main/${relative(root, file).split(sep).join("/")}${hash === undefined ? "" : `#${hash}`}`;
}
