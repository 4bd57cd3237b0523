import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';

/** What a name has: its MX, `null` for no such name; a name that is not there is never answered. */
export type Zone = Record<string, readonly { exchange: string; priority: number }[] | null>;

const MX = 15;

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

/** A name server on loopback that answers for MX records (RFC 1035), and a resolver that asks it. */
export async function dnsServer(zone: Zone) {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (packet, from) => {
    const { name, end } = nameIn(packet);
    asked.push(name);
    const found = zone[name];
    if (found === undefined) return;
    const answers = (found ?? []).map(({ exchange, priority }) => {
      const data = Buffer.concat([short(priority), written(exchange)]);
      return Buffer.concat([short(0xc00c), short(MX), short(1), short(0), short(60), short(data.length), data]);
    });
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
