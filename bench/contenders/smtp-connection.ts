import path from 'node:path';
import type { Bench } from '../comparison.ts';
import { run } from '../child.ts';
import type { Scene } from '../scene.ts';

const SENDER = path.join(import.meta.dirname, 'smtp-connection-sender.ts');

/**
 * nodemailer's SMTP connection with ready messages of the same size, over as many connections:
 * messages a second.
 */
export async function smtpConnection({ connections }: Bench, { sink, readers, bytes }: Scene): Promise<number> {
  const [host, port] = sink.host.split(':') as [string, string];
  const args = [SENDER, host, port, ...[connections, readers, bytes].map(String)];
  const { stdout } = await run(process.execPath, args, { env: { PATH: process.env['PATH'] }, signal: sink.signal });
  return Number(stdout);
}
