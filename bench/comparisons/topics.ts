import { compare, type Comparison, inRounds, shown } from '../comparison.ts';
import { openWorkers } from '../contenders/workers.ts';
import { openScene } from '../scene.ts';

// as many papers as a digest holds, so that readers of many topics get no longer mail than others
const MAIL = { papers: 10, reasons: 2 };

/** A different set of topics for every reader, and so other papers, against one digest for all. */
export const topics: Comparison = {
  name: 'topics',
  async run(bench) {
    await using alike = await openScene(bench, { readers: bench.readers, mail: MAIL });
    await using different = await openScene(bench, { readers: bench.readers, mail: MAIL, topicSets: true });
    await using one = await openWorkers(alike);
    await using other = await openWorkers(different);
    const { uniform, personalised } = await inRounds(bench, {
      uniform: async () => (await one.deliver()).perSecond,
      personalised: async () => (await other.deliver()).perSecond,
    });
    const bytes = (figures: number[], size: number): number[] => figures.map((figure) => (figure * size) / 1e6);
    const names = {
      reference: `one digest for all, ${shown(alike.bytes)} bytes`,
      ours: `a set of topics each, ${shown(different.bytes)} bytes`,
    };
    return {
      rows: [
        compare('Personalised against uniform', {
          reference: { name: names.reference, figures: uniform },
          ours: { name: names.ours, figures: personalised },
          unit: 'messages/s',
          target: { atLeast: 0.8 },
        }),
        compare('The same in bytes', {
          reference: { name: 'one digest for all', figures: bytes(uniform, alike.bytes) },
          ours: { name: 'a set of topics each', figures: bytes(personalised, different.bytes) },
          unit: 'MB/s',
          target: { atLeast: 0.8 },
        }),
      ],
    };
  },
};
