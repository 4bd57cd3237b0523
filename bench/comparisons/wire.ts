import { compare, type Comparison, inRounds, type Row, shown } from '../comparison.ts';
import { nodemailer } from '../contenders/nodemailer.ts';
import { smtpConnection } from '../contenders/smtp-connection.ts';
import { smtpSource } from '../contenders/smtp-source.ts';
import { openWorkers } from '../contenders/workers.ts';
import { type Mail, openScene } from '../scene.ts';

/**
 * Paperboy against what C can push through the same wire, which renders nothing and writes nothing
 * down, and against nodemailer composing the same mail. Over `times` as many connections as usual.
 */
export const wire = (name: string, mail: Mail, { times = 1 } = {}): Comparison => ({
  name,
  async run(usual) {
    const bench = { ...usual, connections: times * usual.connections };
    await using scene = await openScene(bench, { readers: 2 * bench.readers, mail });
    await using worker = await openWorkers(scene);
    const figures = await inRounds(bench, {
      source: () => smtpSource(bench, scene),
      paperboy: async () => (await worker.deliver()).perSecond,
      nodemailer: () => nodemailer(bench, scene),
      connection: () => smtpConnection(bench, scene),
    });
    const sides = {
      source: { name: 'smtp-source -d', figures: figures.source },
      ours: { name: 'a worker', figures: figures.paperboy },
      connection: { name: 'nodemailer’s smtp-connection', figures: figures.connection },
      sendMail: { name: 'nodemailer sendMail', figures: figures.nodemailer },
    };
    const row = (what: string, reference: typeof sides.ours, ours: typeof sides.ours, atLeast?: number): Row =>
      compare(`${what}, ${shown(scene.bytes)} bytes a message, ${bench.connections} connections`, {
        reference,
        ours,
        unit: 'messages/s',
        target: atLeast === undefined ? null : { atLeast },
      });
    return {
      rows: [
        row('Whole pipeline', sides.source, sides.ours, 0.8),
        row('Against nodemailer composing the same mail', sides.sendMail, sides.ours, 12),
        row('Against nodemailer’s connection with ready messages', sides.connection, sides.ours),
        row('The wire itself against nodemailer', sides.sendMail, sides.source),
      ],
    };
  },
});
