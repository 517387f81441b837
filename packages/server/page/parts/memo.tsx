/** Draws a part again only when what it shows has changed. */
import { Component, type ComponentChildren, type ComponentType } from "preact";

export function memo<P extends object>(draw: (props: P) => ComponentChildren, isSame: (before: P, now: P) => boolean): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !isSame(this.props as P, next);
    }
    render(props: P): ComponentChildren {
      return draw(props);
    }
  };
}
