import path from 'node:path';

/** What runs as a unit of its own. */
export const UNIT_ROLES = ['start', 'api', 'worker', 'scheduler'] as const;
export type UnitRole = (typeof UNIT_ROLES)[number];

/** Where the environment of the units is kept. */
export const ENVIRONMENT_FILE = '/etc/paperboy/env';
export const UNIT_DIRECTORY = '/etc/systemd/system';
/** The data directory. */
export const DATA_DIRECTORY = '/var/lib/paperboy';
/** By this first line a unit is known as ours. */
export const OUR_MARK = '# Made by "paperboy service install", which replaces it. For changes of yours: systemctl edit';
/** What starts and stops all roles together. */
export const TARGET = 'paperboy.target';
/** Runs commands as the units run. */
export const COMMAND_FILE = '/usr/local/bin/paperboy';

export interface UnitOptions {
  role: UnitRole;
  user: string;
  /** The Node.js that is to run it. */
  node: string;
  /** The program: src/paperboy.js of this installation. */
  program: string;
  /** Whether it listens on a port below 1024, which is root's. */
  bindsLowPort: boolean;
}

/** `paperboy.service` for one process, `paperboy-worker.service` for a role. */
export const unitName = (role: UnitRole): string =>
  role === 'start' ? 'paperboy.service' : `paperboy-${role}.service`;

const ABOUT: Record<UnitRole, string> = {
  start: 'Paperboy, a newsletter of trending papers',
  api: 'The site of Paperboy',
  worker: 'The worker of Paperboy',
  scheduler: 'The scheduler of Paperboy',
};

/**
 * One unit with no more rights than it needs. A stop may take the ten seconds that are promised for
 * what is in flight. `KillMode=mixed`, because the embedded Postgres must outlive that.
 */
export function unitOf({ role, user, node, program, bindsLowPort }: UnitOptions): string {
  const capabilities = bindsLowPort ? 'CAP_NET_BIND_SERVICE' : '';
  return `${[
    OUR_MARK,
    '[Unit]',
    `Description=${ABOUT[role]}`,
    'Wants=network-online.target',
    'After=network-online.target postgresql.service redis-server.service',
    ...(role === 'start' ? [] : [`PartOf=${TARGET}`]),
    '# It may fall and start again as often as it must: the database may be away for hours.',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    `User=${user}`,
    `ExecStart=${quoted(node)} ${quoted(program)} ${role}`,
    `EnvironmentFile=${ENVIRONMENT_FILE}`,
    `Environment=PAPERBOY_DATA=${DATA_DIRECTORY}`,
    `StateDirectory=${path.basename(DATA_DIRECTORY)}`,
    'StateDirectoryMode=0700',
    `WorkingDirectory=${DATA_DIRECTORY}`,
    'Restart=always',
    'RestartSec=2',
    '# What is in flight is finished within ten seconds.',
    'KillSignal=SIGTERM',
    'KillMode=mixed',
    'TimeoutStopSec=20',
    'LimitNOFILE=65536',
    'UMask=0077',
    '',
    '# It writes to its data directory alone. A backup elsewhere needs ReadWritePaths=, by "systemctl edit".',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectProc=invisible',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelLogs=yes',
    'ProtectControlGroups=yes',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'RemoveIPC=yes',
    '',
    '# It becomes nothing else, and asks the kernel for nothing special.',
    'NoNewPrivileges=yes',
    `CapabilityBoundingSet=${capabilities}`,
    `AmbientCapabilities=${capabilities}`,
    'RestrictSUIDSGID=yes',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'LockPersonality=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    'SystemCallFilter=~@privileged @resources',
    'SystemCallErrorNumber=EPERM',
    '# V8 compiles while it runs.',
    'MemoryDenyWriteExecute=no',
    '',
    '[Install]',
    `WantedBy=${role === 'start' ? 'multi-user.target' : TARGET}`,
  ].join('\n')}\n`;
}

/**
 * A script that runs a command with the user, the environment and the data of the units: for root,
 * for that user (as when a mail server pipes a bounce to it), and by sudo for others.
 */
export const commandOf = ({ user, node, program }: Pick<UnitOptions, 'user' | 'node' | 'program'>): string =>
  `#!/bin/sh
${OUR_MARK}
case "$(id -un)" in
  ${user}) exec env PAPERBOY_DATA=${DATA_DIRECTORY} ${shell(node)} --env-file=${ENVIRONMENT_FILE} ${shell(program)} "$@" ;;
  root) exec runuser -u ${user} -- "$0" "$@" ;;
  *) exec sudo "$0" "$@" ;;
esac
`;

const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Starts and stops the roles as one. */
export const targetOf = (roles: readonly UnitRole[]): string =>
  `${[
    OUR_MARK,
    '[Unit]',
    'Description=All roles of Paperboy',
    `Wants=${roles.map(unitName).join(' ')}`,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ].join('\n')}\n`;

/** systemd reads `%` as the start of a specifier, and `$` as a variable. */
const quoted = (text: string): string =>
  `"${text.replaceAll('%', '%%').replaceAll('$', '$$$$').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** What an operator fills in. Everything in it is optional but what stands at its head. */
export const ENVIRONMENT = `# The environment of Paperboy's units, a variable a line. docs/configuration.md lists them all.
# After a change: systemctl restart 'paperboy*'

# The address in every link, and the relay that mail leaves by.
#PUBLIC_URL=https://papers.example.org
#SMTP_URL=smtp://user:password@smtp.example.org:587
#MAIL_FROM=papers@example.org

# A long random word opens the desk at /admin (openssl rand -hex 24).
#ADMIN_TOKEN=

# true behind a reverse proxy that sets X-Forwarded-For.
#TRUST_PROXY=true

# Unset, a Postgres of its own runs in /var/lib/paperboy. Roles of their own need one that all reach, and a key.
#DATABASE_URL=postgres://paperboy:password@localhost:5432/paperboy
#SECRET_KEY=
#REDIS_URL=

# A backup every night.
#BACKUP_DIR=/var/lib/paperboy/backups
`;
