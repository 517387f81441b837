/** For an address that shows nothing. */
import { Empty } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";

export function MissingView() {
  return (
    <>
      <Heading title="Nothing is here" />
      <Empty>
        <p>
          There is no view at <code>{location.pathname}</code>. Go to the <a href="/">pipelines</a>.
        </p>
      </Empty>
    </>
  );
}
