/** The heading of a view, which is also the title of the document. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useSession } from "../session.ts";

export function Heading({ title, children, above }: { title: string; children?: ComponentChildren; above?: ComponentChildren }) {
  const { project } = useSession();
  useEffect(() => {
    document.title = `${title} · ${project.name} · tapline`;
  }, [title, project.name]);
  return (
    <div class="heading">
      {above && <p class="above">{above}</p>}
      <h1>{title}</h1>
      {children}
    </div>
  );
}
