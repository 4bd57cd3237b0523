/** One line of what doctor found: it works, it works but should not stay so, or it is broken. */
export interface Finding {
  ok: boolean | 'warn';
  what: string;
  detail: string;
}
