import { findInstallation } from '../../db/installation.ts';
import { COMMAND } from '../../db/trail.ts';
import { resumeAfterRestore, type Resumed } from '../../delivery/resume.ts';
import type { DeskTools, SiteDeps } from '../deps.ts';
import { type Kept, keepCount } from './kept.ts';

type ResumeDeps = Pick<SiteDeps, 'db' | 'now' | 'config'> & { tools: Pick<DeskTools, 'config'> };

/** What letting mail go out again would do. It goes through all readers, so it is kept while the same is closed. */
export function readResume({ db, now, config, tools }: ResumeDeps) {
  const { dataDir, databaseUrl } = tools.config;
  const resumer = { db, now, editionHour: config.editionHour, dataDir, embedded: databaseUrl === null };
  // A dry run leaves no trace, so it is no one's.
  const wish = { sendToday: false, dryRun: true, by: COMMAND };
  let plan: { closedAt: number; read: () => Promise<Kept<Resumed>> } | null = null;

  return {
    resumer,
    /** `null`: nothing is closed. */
    async planned(): Promise<Resumed | null> {
      const closed = (await findInstallation(db))?.closed ?? null;
      if (closed === null) return null;
      const closedAt = closed.at.getTime();
      if (plan?.closedAt !== closedAt)
        plan = { closedAt, read: keepCount(() => resumeAfterRestore(resumer, wish), now) };
      return (await plan.read()).value;
    },
  };
}
