/** One line of the doctor: how something stands, and what to do about it when it does not stand well. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error';
  /** What it is about, such as `node` or `cluster north-prod`. */
  readonly about: string;
  readonly message: string;
  readonly next?: string;
}
