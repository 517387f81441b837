/** The only thing that reading or evaluating an expression throws: what is wrong, and where in the expression. */
export class ExpressionError extends Error {
  /** The place in the expression's text, in UTF-16 units from 0; undefined where a function or an operator found the fault. */
  at: number | undefined;

  constructor(message: string, at?: number) {
    super(message);
    this.at = at;
  }
}
