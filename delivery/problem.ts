/** Why a delivery action cannot be done, for people: one sentence and, where there is one, what to do. Never a defect of ours. */
export class DeliveryProblem extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
