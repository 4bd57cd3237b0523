import type { Config } from './config.ts';
import { AppError, codeOf } from './errors.ts';
import type { FastifyServer } from './http/server.ts';

const HTTP_DRAIN_MS = 1_000;

/** `where` is named by its variable, which an error is about. */
export async function listen(
  app: FastifyServer,
  { host }: Config,
  where: Readonly<Record<string, number>>,
  starting: AsyncDisposableStack,
): Promise<void> {
  const [[variable, port]] = Object.entries(where) as [[string, number]];
  starting.defer(async () => {
    // A client that never finishes its request must not hold up the stop.
    const impatience = setTimeout(() => app.server.closeAllConnections(), HTTP_DRAIN_MS);
    await app.close();
    clearTimeout(impatience);
  });
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw cannotListen(host, variable, port, cause);
  }
}

export function cannotListen(host: string, variable: string, port: number, cause: unknown): AppError {
  const code = codeOf(cause);
  if (code === 'EADDRINUSE')
    return new AppError(
      'PORT_TAKEN',
      `Port ${port} is taken: another program (or another Paperboy) listens on it. Stop it, or set ${variable} to ` +
        'a free port.',
      { cause },
    );
  if (code === 'EACCES')
    return new AppError(
      'PORT_TAKEN',
      `Port ${port} needs rights this user does not have. Set ${variable} to 1024 or more.`,
      { cause },
    );
  return new AppError(
    'CONFIG_INVALID',
    `Cannot listen on ${host}:${port} (${code ?? 'unknown'}). Set HOST to an address of this machine.`,
    { cause },
  );
}
