// A process of its own that starts the embedded Postgres on argv[2], tells how that went, and stops
// it when its input ends. SIGUSR2 makes it exit without.
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { AppError } from '../../src/errors.ts';

try {
  const postgres = await startEmbeddedPostgres({
    dataDir: process.argv[2]!,
    dataDirGiven: true,
    log: { info: () => {} },
    extra: ['fsync=off'],
  });
  process.on('SIGINT', () => {});
  process.on('SIGUSR2', () => process.exit());
  console.log(JSON.stringify({ owned: postgres.owned, pid: postgres.pid, address: postgres.address }));
  process.stdin.resume().once('end', () => void postgres.stop());
} catch (error) {
  console.log(
    JSON.stringify(
      error instanceof AppError ? { code: error.code, message: error.message } : { message: String(error) },
    ),
  );
}
