/** How dbt connects to a database: one output of profiles.yml. */

/** Values as profiles.yml has them. */
export interface Output {
  [key: string]: string | number | boolean | Secret | undefined;
}

export class Secret {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
