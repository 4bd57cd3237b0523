import path from 'node:path';
import { run } from '../child.ts';
import { type Bench, compare, type Comparison, inRounds } from '../comparison.ts';
import { nodemailer } from '../contenders/nodemailer.ts';
import { signWithMailauth, signWithOurs } from '../contenders/signers.ts';
import { freshWorkers, PROGRAM } from '../contenders/workers.ts';
import { MAIL_20_KB, openScene, type Scene } from '../scene.ts';

/** What signing costs, here and with nodemailer. */
export const dkim: Comparison = {
  name: 'dkim',
  async run(bench) {
    await using scene = await openScene(bench, { readers: bench.readers, mail: MAIL_20_KB });
    const { rsa, both, keyFile } = await makeKeys(bench, scene);
    const figures = await inRounds(bench, {
      nodemailer: () => nodemailer(bench, scene, { domain: DOMAIN, selector: 'rsa', keyFile }),
      rsa: () => freshWorkers(scene, { env: rsa }),
      both: () => freshWorkers(scene, { env: both }),
      unsigned: () => freshWorkers(scene),
    });
    const key = { domain: DOMAIN, selector: 'rsa', keyFile };
    const alone = await inRounds(bench, {
      mailauth: () => signWithMailauth(scene, key),
      ours: () => signWithOurs(scene, key),
    });
    const unit = 'messages/s';
    const reference = { name: 'sendMail, RSA-2048', figures: figures.nodemailer };
    return {
      rows: [
        compare('Against nodemailer, both signing with an RSA KeyObject', {
          reference,
          ours: { name: 'RSA-2048', figures: figures.rsa },
          unit,
          target: { atLeast: 4 },
        }),
        compare('The same with two signatures', {
          reference,
          ours: { name: 'RSA-2048 and Ed25519', figures: figures.both },
          unit,
          target: null,
        }),
        compare('Signing alone, RSA-2048', {
          reference: { name: 'mailauth', figures: alone.mailauth },
          ours: { name: 'ours', figures: alone.ours },
          unit,
          target: null,
        }),
        compare('Signed against unsigned', {
          reference: { name: 'unsigned', figures: figures.unsigned },
          ours: { name: 'RSA-2048', figures: figures.rsa },
          unit,
          target: null,
        }),
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
  return {
    keyFile,
    rsa,
    both: { ...rsa, DKIM_ED25519_SELECTOR: 'ed25519', DKIM_ED25519_KEY_FILE: path.join(directory, 'ed25519.pem') },
  };
}
