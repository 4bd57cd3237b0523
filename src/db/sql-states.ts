/** What Postgres says of a statement that its user may not run. */
export const INSUFFICIENT_PRIVILEGE = '42501';
