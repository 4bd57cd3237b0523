import path from 'node:path';
import { run } from '../child.ts';
import { type Bench, compare, type Comparison, inRounds, shown } from '../comparison.ts';
import { nodemailer } from '../contenders/nodemailer.ts';
import { digestSend, PROGRAM } from '../contenders/paperboy.ts';
import { MAIL_20_KB, openScene, type Scene } from '../scene.ts';

/** Over `times` as many connections as usual. */
export const plain = (name: string, { times = 1 } = {}): Comparison => ({
  name,
  async run(usual) {
    const bench = { ...usual, connections: times * usual.connections };
    await using scene = await openScene(bench, { readers: 5 * bench.readers, mail: MAIL_20_KB });
    const figures = await inRounds(bench, { nodemailer: () => nodemailer(bench, scene), paperboy: () => digestSend(scene) });
    const sides = { reference: { name: 'sendMail', figures: figures.nodemailer }, ours: { name: 'digest send', figures: figures.paperboy } };
    return { rows: [compare(`Against nodemailer composing the same mail, ${shown(scene.bytes)} bytes, ${bench.connections} connections`, { ...sides, unit: 'messages/s', target: { atLeast: 12 } })] };
  },
});

export const signed: Comparison = {
  name: 'dkim',
  async run(bench) {
    await using scene = await openScene(bench, { readers: bench.readers, mail: MAIL_20_KB });
    const { rsa, both, keyFile } = await makeKeys(bench, scene);
    const figures = await inRounds(bench, {
      nodemailer: () => nodemailer(bench, scene, { domain: DOMAIN, selector: 'rsa', keyFile }),
      rsa: () => digestSend(scene, rsa), both: () => digestSend(scene, both), unsigned: () => digestSend(scene),
    });
    const unit = 'messages/s';
    const reference = { name: 'sendMail, RSA-2048', figures: figures.nodemailer };
    return {
      rows: [
        compare('Against nodemailer, both signing with an RSA KeyObject', { reference, ours: { name: 'RSA-2048', figures: figures.rsa }, unit, target: { atLeast: 4 } }),
        compare('The same with two signatures', { reference, ours: { name: 'RSA-2048 and Ed25519', figures: figures.both }, unit, target: null }),
        compare('Signed against unsigned', { reference: { name: 'unsigned', figures: figures.unsigned }, ours: { name: 'RSA-2048', figures: figures.rsa }, unit, target: null }),
      ],
    };
  },
};

const DOMAIN = 'papers.example';

async function makeKeys({ signal }: Bench, { env, scratch }: Scene) {
  const directory = path.join(scratch, 'dkim');
  await run(process.execPath, [PROGRAM, 'dkim', 'generate', '--domain', DOMAIN, '--out', directory], { env, signal });
  const keyFile = path.join(directory, 'rsa.pem');
  const rsa = { DKIM_DOMAIN: DOMAIN, DKIM_SELECTOR: 'rsa', DKIM_RSA_KEY_FILE: keyFile };
  return { keyFile, rsa, both: { ...rsa, DKIM_ED25519_SELECTOR: 'ed25519', DKIM_ED25519_KEY_FILE: path.join(directory, 'ed25519.pem') } };
}
