import path from 'node:path';
import { findProgram } from '../../tests/support/require.ts';
import type { Bench } from '../comparison.ts';
import { run } from '../child.ts';
import type { Scene } from '../scene.ts';
import { postfixEnv } from '../sink.ts';

/** What its own header section takes, which it adds to the length it is asked for. */
const OWN_HEADER = 120;

/**
 * Postfix's load generator on the scene's sink, with as many messages of the same size over as many
 * kept connections: messages a second.
 */
export async function smtpSource({ connections }: Bench, { sink, readers, bytes }: Scene): Promise<number> {
  const program = path.join(path.dirname(findProgram('smtp-sink')!), 'smtp-source'); // of the same package
  const started = performance.now();
  await run(
    program,
    ['-d', '-s', String(connections), '-m', String(readers), '-l', String(bytes - OWN_HEADER), sink.host],
    { env: postfixEnv(sink.directory), signal: sink.signal },
  );
  return readers / ((performance.now() - started) / 1000);
}
