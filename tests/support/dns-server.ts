import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';

type Mx = { exchange: string; priority: number };
/** What a name has, by type. */
export interface Records {
  txt?: readonly string[];
  a?: readonly string[];
  aaaa?: readonly string[];
  mx?: readonly Mx[];
  ns?: readonly string[];
  ptr?: readonly string[];
}
/**
 * What a name has: its MX or all of its records, `null` for no such name; a name that is not there is
 * never answered, unless the zone is `complete`.
 */
export type Zone = Record<string, readonly Mx[] | Records | null>;

const TYPES: Record<number, (records: Records) => Buffer[]> = {
  1: ({ a = [] }) => a.map((address) => Buffer.from(address.split('.').map(Number))),
  2: ({ ns = [] }) => ns.map(written),
  12: ({ ptr = [] }) => ptr.map(written),
  15: ({ mx = [] }) => mx.map(({ exchange, priority }) => Buffer.concat([short(priority), written(exchange)])),
  16: ({ txt = [] }) =>
    txt.map((text) =>
      Buffer.concat(text.match(/[^]{1,255}/g)!.flatMap((part) => [Buffer.of(part.length), Buffer.from(part)])),
    ),
  28: ({ aaaa = [] }) => aaaa.map(sixteen),
};

/** An IPv6 address as its octets. */
const sixteen = (address: string): Buffer => {
  const [head = [], tail] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const groups = [...head, ...Array<string>(tail ? 8 - head.length - tail.length : 0).fill('0'), ...(tail ?? [])];
  return Buffer.concat(groups.map((group) => short(Number.parseInt(group, 16))));
};

const nameIn = (packet: Buffer): { name: string; end: number } => {
  const labels: string[] = [];
  let at = 12;
  for (let length = packet[at]!; length > 0; length = packet[at]!) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
};
const written = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
const short = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);

const dataOf = (found: NonNullable<Zone[string]> | null, type: number): Buffer[] =>
  TYPES[type]?.(found === null || isMx(found) ? { mx: found ?? [] } : found) ?? [];
const isMx = (found: NonNullable<Zone[string]>): found is readonly Mx[] => Array.isArray(found);

/** A name server on loopback (RFC 1035), and a resolver that asks it. `complete`: what is not in the zone does not exist. */
export async function dnsServer(zone: Zone, { complete = false } = {}) {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (packet, from) => {
    const { name, end } = nameIn(packet);
    asked.push(name);
    const found = zone[name] ?? (complete || name in zone ? null : undefined);
    if (found === undefined) return;
    const type = packet.readUInt16BE(end);
    const answers = dataOf(found, type).map((data) =>
      Buffer.concat([short(0xc00c), short(type), short(1), short(0), short(60), short(data.length), data]),
    );
    const flags = found === null ? 0x8183 : 0x8180;
    const head = [packet.subarray(0, 2), short(flags), short(1), short(answers.length), short(0), short(0)];
    socket.send(Buffer.concat([...head, packet.subarray(12, end + 4), ...answers]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver({ timeout: 300, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    resolver,
    asked,
    async [Symbol.asyncDispose]() {
      resolver.cancel();
      socket.close();
      await once(socket, 'close');
    },
  };
}
