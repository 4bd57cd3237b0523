import mailchecker from 'mailchecker';

/** 56,000 domains. */
const domains: ReadonlySet<string> = mailchecker.blacklist();

/** Whether an address is at a service that gives them away for an hour. Its readers are counted, not refused. */
export function isDisposable(address: string): boolean {
  const labels = address
    .slice(address.lastIndexOf('@') + 1)
    .toLowerCase()
    .split('.');
  return labels.slice(0, -1).some((_, i) => domains.has(labels.slice(i).join('.')));
}
