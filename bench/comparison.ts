import { median } from './figures.ts';

/** What the command line decides, and what every comparison needs. */
export interface Bench {
  readers: number;
  rounds: number;
  connections: number;
  /**
   * Whether a hundred times the smallest digest is sent too: with the usual number of readers a
   * million, which takes minutes.
   */
  million: boolean;
  /** Whether the workers are compared on Redis as well. */
  redis: boolean;
  /** Fires when the bench is asked to stop. */
  signal: AbortSignal;
  /** Tells on the terminal what happens. */
  say: (text: string) => void;
}

/** One line of the results. */
export interface Row {
  what: string;
  reference: string;
  ours: string;
  /** The median and the range of what the rounds gave. */
  ratio: string;
  target: string;
  /** `null`: for information. */
  met: boolean | null;
}

/** What a comparison found: rows of the table, and what else is worth reading, as Markdown. */
export interface Findings {
  rows: Row[];
  notes?: string;
}

export interface Comparison {
  name: string;
  run: (bench: Bench) => Promise<Findings>;
}

/** Does its work once and returns the figure that counts. */
export type Contender = () => Promise<number>;

/**
 * Runs the contenders one after the other, once to warm up and then in as many rounds as the bench
 * has, the order turned every time, so that what the machine does meanwhile hits all of them alike.
 * Returns each one's figures, round by round.
 */
export async function inRounds<Name extends string>(
  bench: Bench,
  contenders: Readonly<Record<Name, Contender>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round <= bench.rounds; round++) {
    const lap: string[] = [];
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      bench.signal.throwIfAborted();
      const figure = await contenders[name]();
      if (round > 0) figures[name].push(figure);
      lap.push(`${name} ${Math.round(figure)}`);
    }
    bench.say(`  ${round === 0 ? 'warm-up' : `round ${round}`}: ${lap.join(', ')}`);
  }
  return figures;
}

interface Side {
  name: string;
  figures: readonly number[];
}

/** The row for two contenders whose figures belong together round by round. */
export function compare(
  what: string,
  { reference, ours, unit, target }: { reference: Side; ours: Side; unit: string; target: Target | null },
): Row {
  const ratios = ours.figures.map((figure, round) => figure / reference.figures[round]!);
  const ratio = median(ratios);
  const side = ({ name, figures }: Side): string => `${name}: ${shown(median(figures))} ${unit}`;
  return {
    what,
    reference: side(reference),
    ours: side(ours),
    ratio: `${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
    ...judged(ratio, target),
  };
}

export type Target = { atLeast: number } | { atMost: number; unit?: string };

/** What was wanted, and whether the figure is that. */
export function judged(figure: number, target: Target | null): Pick<Row, 'target' | 'met'> {
  if (target === null) return { target: '–', met: null };
  if ('atLeast' in target) return { target: `≥ ${target.atLeast}`, met: figure >= target.atLeast };
  return { target: `≤ ${target.atMost}${target.unit ? ` ${target.unit}` : ''}`, met: figure <= target.atMost };
}

/** About three digits, thousands set apart. */
export const shown = (figure: number): string =>
  figure.toLocaleString('en', { maximumFractionDigits: figure < 10 ? 2 : figure < 100 ? 1 : 0 });
