/** One output of profiles.yml: how dbt connects to a database. */

/** Values in profiles.yml, by key. */
export interface Output {
  [key: string]: string | number | boolean | Secret | undefined;
}

export class Secret {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
