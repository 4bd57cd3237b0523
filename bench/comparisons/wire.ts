import { compare, type Comparison, inRounds, shown } from '../comparison.ts';
import { digestSend } from '../contenders/paperboy.ts';
import { smtpSource } from '../contenders/smtp-source.ts';
import { type Mail, openScene } from '../scene.ts';

/** Paperboy against what C can push through the same wire, which renders nothing and writes nothing down. */
export const wire = (name: string, mail: Mail): Comparison => ({
  name,
  async run(bench) {
    await using scene = await openScene(bench, { readers: bench.readers, mail });
    const { source, paperboy } = await inRounds(bench, { source: () => smtpSource(bench, scene), paperboy: () => digestSend(scene) });
    const what = `Whole pipeline, ${shown(scene.bytes)} bytes a message`;
    return { rows: [compare(what, { reference: { name: 'smtp-source -d', figures: source }, ours: { name: 'digest send', figures: paperboy }, unit: 'messages/s', target: { atLeast: 0.8 } })] };
  },
});
