/** What Postgres says of a statement that took longer than it may. */
export const CANCELLED = '57014';
/** What Postgres says of a statement that its user may not run. */
export const INSUFFICIENT_PRIVILEGE = '42501';
