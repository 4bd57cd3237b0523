/** Whether a host name, as a URL has it, is this machine and no other: mail to it needs no TLS. */
export const isLoopback = (hostname: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);

/**
 * Whether a mail server may be spoken to under TLS alone: every one that is not this machine, unless
 * its URL says `?tls=off` (on a private network); `?tls=on` asks for it on this machine too.
 */
export function needsTls({ hostname, searchParams }: URL): boolean {
  const tls = searchParams.get('tls');
  return tls === 'on' || (tls !== 'off' && !isLoopback(hostname));
}
