import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { compare, type Comparison, inRounds } from '../comparison.ts';
import { openWorkers } from '../contenders/workers.ts';
import { MAIL_20_KB, openScene } from '../scene.ts';

/** What a digest costs while a collector is told of it. */
export const traces: Comparison = {
  name: 'traces',
  async run(bench) {
    await using scene = await openScene(bench, { readers: bench.readers, mail: MAIL_20_KB });
    await using sink = await swallowTraces();
    const cpu = { without: [] as number[], with: [] as number[] };
    const deliver = async (name: keyof typeof cpu, env: Record<string, string>): Promise<number> => {
      await using workers = await openWorkers(scene, { env });
      for (let sent = 0; sent < 2; sent++) await workers.deliver();
      const digest = await workers.deliver();
      cpu[name].push((digest.cpu / scene.readers) * 1e6);
      return digest.perSecond;
    };
    const speed = await inRounds(bench, {
      without: () => deliver('without', {}),
      with: () => deliver('with', { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }),
    });
    if (sink.bytes() === 0) throw new Error('The workers sent no traces');
    const row = (what: string, unit: string, figures: typeof cpu) =>
      compare(what, {
        reference: { name: 'without traces', figures: figures.without },
        ours: { name: 'with traces', figures: figures.with },
        unit,
        target: null,
      });
    return {
      rows: [
        row('A digest while a collector takes its traces', 'messages/s', speed),
        // The round that warms up counts for neither.
        row('The same, processor time a message (the collector’s too)', 'µs', {
          without: cpu.without.slice(1),
          with: cpu.with.slice(1),
        }),
      ],
    };
  },
};

/** A collector that takes whatever comes, and keeps nothing of it. */
async function swallowTraces(): Promise<{ url: string; bytes: () => number } & AsyncDisposable> {
  let bytes = 0;
  const server = createServer((request, response) => {
    void buffer(request).then(({ length }) => {
      bytes += length;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes: () => bytes,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
