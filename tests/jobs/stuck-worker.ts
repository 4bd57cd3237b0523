// A process of its own that takes delivery jobs from the queues at argv[2], says so, and never ends
// one.
import { type QueueAddress, openQueues } from '../../src/jobs/queues.ts';
import { startWorkers } from '../../src/jobs/worker.ts';
import { createLogger } from '../../src/telemetry.ts';
import { handlers } from './handlers.ts';

const log = createLogger('silent');
const queues = await openQueues(JSON.parse(process.argv[2]!) as QueueAddress, log);
startWorkers(
  queues,
  handlers({
    deliver: ({ batchId }) => {
      console.log(batchId);
      return new Promise(() => {});
    },
  }),
  log,
  ['deliver'],
);
