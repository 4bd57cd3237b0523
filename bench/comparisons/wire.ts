import { compare, type Comparison, inRounds, shown } from '../comparison.ts';
import { digestSend } from '../contenders/paperboy.ts';
import { smtpSource } from '../contenders/smtp-source.ts';
import { type Mail, openScene } from '../scene.ts';

/** Paperboy against what C can push through the same wire, which renders nothing and writes nothing down. Over `times` as many connections as usual. */
export const wire = (name: string, mail: Mail, { times = 1 } = {}): Comparison => ({
  name,
  async run(usual) {
    const bench = { ...usual, connections: times * usual.connections };
    await using scene = await openScene(bench, { readers: 5 * bench.readers, mail });
    const { source, paperboy } = await inRounds(bench, { source: () => smtpSource(bench, scene), paperboy: () => digestSend(scene) });
    const what = `Whole pipeline, ${shown(scene.bytes)} bytes a message, ${bench.connections} connections`;
    return { rows: [compare(what, { reference: { name: 'smtp-source -d', figures: source }, ours: { name: 'digest send', figures: paperboy }, unit: 'messages/s', target: { atLeast: 0.8 } })] };
  },
});
