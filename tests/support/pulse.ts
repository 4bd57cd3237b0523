import { Worker } from 'node:worker_threads';

/** In a thread of its own, so that what the test is busy with does not count against the server. */
const ASKER = `
const { workerData, parentPort } = require('node:worker_threads');
const { Agent, get } = require('node:http');
const agent = new Agent({ keepAlive: true });
let slowest = 0, asked = 0, failed = 0, stopped = false;
const ask = () => new Promise((resolve) => {
  const began = performance.now();
  const done = (ok) => { slowest = Math.max(slowest, performance.now() - began); asked++; if (!ok) failed++; resolve(); };
  get(workerData + '/health/live', { agent }, (answer) => { answer.resume().once('end', () => done(answer.statusCode === 200)); })
    .once('error', () => done(false));
});
parentPort.once('message', () => { stopped = true; });
(async () => {
  await ask();
  slowest = 0; // the first one opens the connection
  parentPort.postMessage('asking');
  while (!stopped) { await ask(); await new Promise((resolve) => setTimeout(resolve, 20)); }
  agent.destroy();
  parentPort.postMessage({ slowest, asked, failed });
})();`;

export interface Pulse {
  /** Of the answers of /health/live, in milliseconds. */
  slowest: number;
  asked: number;
  failed: number;
}

/** Asks a site for its health every 20 ms, until `stop` tells how that went. */
export async function takePulse(site: string): Promise<{ stop(): Promise<Pulse> }> {
  const worker = new Worker(ASKER, { eval: true, workerData: site });
  const next = <T>(): Promise<T> =>
    new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await next();
  return {
    async stop() {
      const told = next<Pulse>();
      worker.postMessage('stop');
      const pulse = await told;
      await worker.terminate();
      return pulse;
    },
  };
}
