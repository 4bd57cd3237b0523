import { type ImportSums, knownIn, leftOutIn } from '../subscribers/import.ts';
import { duration } from './progress.ts';

/** How far the reading is. */
export interface ImportReading {
  seconds: number;
  bytes: number;
  /** `null` of a pipe, whose end is not known. */
  size: number | null;
}

/** One line on how far an import is. Pure. */
export function importProgress(sums: ImportSums, { seconds, bytes, size }: ImportReading): string {
  const rate = seconds > 0 ? Math.round(sums.line / seconds) : 0;
  const share = size === null || size === 0 ? null : Math.min(1, bytes / size);
  const left = share === null || share === 0 ? '' : `, ${duration((seconds * (1 - share)) / share)} left`;
  const percent = share === null ? '' : ` (${Math.floor(share * 100)} %)`;
  return (
    `${sums.line} lines${percent}, ${rate}/s${left}: ${sums.added} added, ${knownIn(sums)} known, ` +
    `${leftOutIn(sums)} left out`
  );
}
