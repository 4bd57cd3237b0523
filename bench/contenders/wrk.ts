import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from '../../tests/support/require.ts';
import type { Bench } from '../comparison.ts';
import { run } from '../child.ts';

/** What wrk found. */
export interface Load {
  perSecond: number;
  requests: number;
  /** Seconds that 99 of 100 answers took at most. */
  p99: number;
}

export interface LoadOptions {
  seconds: number;
  connections?: number;
  /** Lua that makes the requests; without it all are GET of the URL. */
  script?: string;
  /** Where the script is written. */
  scratch: string;
}

/** Asks a site as fast as it answers, over kept connections. Throws when an answer was not 2xx. */
export async function wrk(bench: Bench, url: string, options: LoadOptions): Promise<Load> {
  const { seconds, connections = bench.connections, script, scratch } = options;
  const file = path.join(scratch, 'requests.lua');
  if (script !== undefined) writeFileSync(file, script);
  const args = ['-t1', `-c${connections}`, `-d${seconds}`, '--latency', ...(script ? ['-s', file] : []), url];
  const { stdout } = await run(findProgram('wrk')!, args, { env: process.env, signal: bench.signal });
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`Not all requests were answered with 2xx: ${stdout}`);
  const figure = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? 'NaN';
  return {
    perSecond: Number(figure(/Requests\/sec:\s+([\d.]+)/)),
    requests: Number(figure(/(\d+) requests in/)),
    p99: inSeconds(figure(/99%\s+([\d.]+[a-z]+)/)),
  };
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60 };
function inSeconds(text: string): number {
  const [, number, unit] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  return Number(number) * (UNITS[unit ?? ''] ?? NaN);
}

/**
 * Every sign-up for an address of its own, from a network of its own: the limits are not what is
 * measured.
 */
export const signUpScript = (run: string, target: string): string => `
local n = 0
request = function()
  n = n + 1
  local client = math.floor(n / 65536) % 256 .. "." .. math.floor(n / 256) % 256 .. "." .. n % 256 .. ".7"
  return wrk.format("POST", "${target}", { ["content-type"] = "application/json", ["x-forwarded-for"] = client },
    '{"email":"${run}-' .. n .. '@example.net"}')
end`;

/** Each of the pages once, and again from the first. */
export const pagesScript = (paths: number): string => `
local n = 0
request = function()
  n = n % ${paths} + 1
  return wrk.format("GET", "/papers/arxiv:2402." .. string.format("%05d", n))
end`;
