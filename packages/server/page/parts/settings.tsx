/** The settings of the plugins in a pipeline's steps: where each value comes from. Secrets are hidden by the server. */
import type { Plugins } from "../../src/api/answers.ts";
import { withQuery } from "../api.ts";
import { counted } from "../text/format.ts";
import { useAsked } from "../use-asked.ts";
import { Answered } from "./answered.tsx";
import { Table } from "./table.tsx";

type Setting = Plugins["plugins"][number]["settings"][number];

export function SettingsOf({ plugins: names, environment }: { plugins: readonly string[]; environment: string }) {
  const asked = useAsked<Plugins>(withQuery("/api/plugins", { environment }));
  const columns = [
    { heading: "Setting", cell: (setting: Setting) => <code title={setting.description ?? undefined}>{setting.name}</code> },
    { heading: "Value", cell: (setting: Setting) => <code class="value">{textOf(setting.value)}</code> },
    {
      heading: "From",
      isWide: true,
      cell: (setting: Setting) => (
        <>
          {setting.source}
          {setting.place && <span class="quiet"> {setting.place}</span>}
          {setting.is_secret_in_file && <strong class="bad-text"> a secret as plain text: move it to .env</strong>}
        </>
      ),
    },
  ];
  return (
    <Answered asked={asked}>
      {({ plugins }) => {
        const isSet = ({ source }: Setting): boolean => source !== "default" && source !== "none";
        const shown = plugins.filter(({ name, settings }) => names.includes(name) && settings.length > 0);
        if (shown.length === 0) return <p class="quiet">Its plugins have no settings.</p>;
        return shown.map(({ name, settings }) => (
          <details key={name} class="settings">
            <summary>
              {name} <span class="quiet">{counted(settings.filter(isSet).length, "setting")} of the project</span>
            </summary>
            <Table
              isText
              name={`Settings of ${name}`}
              columns={columns}
              rows={[...settings.filter(isSet), ...settings.filter((each) => !isSet(each))]}
              keyOf={(setting) => setting.name}
            />
          </details>
        ));
      }}
    </Answered>
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
