/** A project with more plugins than its files have, in memory. Pure. */
import type { PluginEntry } from "../model/plugin-schema.ts";
import type { Project } from "../model/project.ts";

export function withPlugins(project: Project, plugins: Readonly<Record<string, PluginEntry>>): Project {
  const { parsed } = project;
  const file = { ...parsed.file, plugins: { ...parsed.file.plugins, ...plugins } };
  // Changes of an environment are for the project's own plugins.
  return { ...project, parsed: { ...parsed, file } };
}
