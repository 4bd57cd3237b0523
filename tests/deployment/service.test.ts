import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { serviceInstall } from '../../src/cli/service.ts';
import { targetOf, UNIT_ROLES, unitName, unitOf } from '../../src/cli/service-unit.ts';

const unit = (values: Partial<Parameters<typeof unitOf>[0]> = {}): string =>
  unitOf({ role: 'start', user: 'paperboy', node: '/opt/node', program: '/opt/p.js', bindsLowPort: false, ...values });

async function printed(options: { role?: string; user?: string }): Promise<string> {
  const lines: string[] = [];
  await serviceInstall(
    { print: async (line) => void lines.push(line), configOf: loadConfig },
    { ...options, print: true },
  );
  return lines.join('\n');
}

/** What a program that ended with an error said. */
function said(program: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' });
  return `${status} ${stdout}${stderr}`;
}

/** Why it cannot be tried here; `null`: it can. */
function whyNot(program: string, ...args: string[]): string | null {
  const { error, status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error === undefined && status === 0) return null;
  const reason = `${program} cannot be used here: ${error?.message ?? stderr.trim()}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  console.warn(`Skipped a part of the tests of units: ${reason}`);
  return reason;
}

const noSystemd = whyNot('systemd-analyze', '--version');

describe('a unit', () => {
  test('names its role, lets what is in flight be finished, and starts again', () => {
    const text = unit({ role: 'worker' });
    expect(text).toContain('ExecStart="/opt/node" "/opt/p.js" worker\n');
    for (const line of ['KillMode=mixed', 'KillSignal=SIGTERM', 'TimeoutStopSec=20', 'Restart=always'])
      expect(text.split('\n')).toContain(line);
  });
  test('may listen below 1024 only where such a port is named', () => {
    expect(unit()).toMatch(/^CapabilityBoundingSet=$/m);
    expect(unit({ bindsLowPort: true })).toMatch(/^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m);
  });
  test('takes any path as it is', () => {
    expect(unit({ program: '/opt/100% "$HOME"/p.js' })).toContain('"/opt/100%% \\"$$HOME\\"/p.js"');
  });
  test.skipIf(noSystemd !== null)('is understood by systemd, each role and the target, with little exposed', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-units-'));
    try {
      const files = UNIT_ROLES.map((role) => path.join(directory, unitName(role)));
      UNIT_ROLES.forEach((role, i) =>
        writeFileSync(files[i]!, unit({ role, user: 'root', node: process.execPath, program: '/dev/null' })),
      );
      const target = path.join(directory, 'paperboy.target');
      writeFileSync(target, targetOf(['api', 'worker', 'scheduler']));
      expect(said('systemd-analyze', 'verify', '--man=no', ...files, target)).toBe('0 ');
      writeFileSync(files[0]!, unit());
      const security = said('systemd-analyze', 'security', '--offline=true', files[0]!);
      const score = Number(/exposure level for paperboy\.service: ([\d.]+)/.exec(security)?.[1]);
      console.info(`systemd-analyze security: ${score} of 10 exposed.`);
      expect(score).toBeLessThan(2);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('paperboy service install', () => {
  test('prints one unit for one process, and a target for roles', async () => {
    expect(await printed({})).toMatch(/^# \/etc\/systemd\/system\/paperboy\.service\n/);
    const roles = await printed({ role: 'scheduler,api', user: 'news' });
    expect([...roles.matchAll(/^# (\/.*)$/gm)].map(([, file]) => path.basename(file!))).toEqual([
      'paperboy.target',
      'paperboy-api.service',
      'paperboy-scheduler.service',
    ]);
    expect(roles).toContain('User=news');
  });
  test.each([
    [{ role: 'start,api' }, /^--role must be start/],
    [{ role: 'web' }, /^--role must be start/],
    [{ user: 'root' }, /^--user must be/],
    [{ user: '-x' }, /^--user must be/],
  ])('refuses %j in one sentence', async (options, message) => {
    await expect(printed(options)).rejects.toMatchObject({ code: 'INPUT_INVALID', message });
  });
});

/**
 * In a root of its own: /etc, /opt and /var/lib begin empty or as a copy, there is no user postgres,
 * and nothing of the machine is changed. The unit's own command is run as its own user with no more
 * than its own rights, as far as this can be had without systemd.
 */
const noRoots = whyNot('unshare', '--mount', '--pid', '--fork', '--kill-child', 'true');
const ROOT = path.join(import.meta.dirname, '..', '..');

describe.skipIf(noRoots !== null || process.getuid?.() !== 0)('on a fresh Debian', () => {
  test('is installed, started as its unit says by a user of its own, stopped and removed', { timeout: 180_000 }, () => {
    const scratch = mkdtempSync(path.join(tmpdir(), 'paperboy-fresh-'));
    const script = path.join(scratch, 'fresh.sh');
    cpSync(path.join(import.meta.dirname, 'fresh-debian.sh'), script);
    try {
      const output = execFileSync(
        'unshare',
        ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', script, ROOT, process.execPath],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 170_000 },
      );
      expect(output).toContain('no user postgres');
      expect(output).toMatch(/^Wrote \/etc\/systemd\/system\/paperboy\.service$/m);
      expect(output).toMatch(/^env 640 root paperboy$/m);
      expect(output).toMatch(/^Site +http/m);
      expect(output).toMatch(/^answered 200, as paperboy$/m);
      // The command of the machine opens the database of the service, for root and for its own user.
      for (const who of ['root', 'paperboy'])
        expect(output).toContain(`command as ${who}: {"date":"2026-01-05","frozen":0`);
      expect(output).toMatch(/^ended 0, left 0 processes$/m);
      expect(output).toMatch(/^kept: # mine$/m);
      expect(output).toMatch(/^Removed paperboy\.service/m);
      expect(output).toMatch(/^removed: no unit, env and data are there$/m);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});
