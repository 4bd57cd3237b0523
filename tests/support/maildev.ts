import { type MailPlace, readLetter } from './letter.ts';

/** The mailbox for trying out, read over its own HTTP API. `url` is the address of its page. */
export function maildev(url: string): MailPlace {
  return {
    async lettersTo(address) {
      const all = (await (await fetch(`${url}/api/email`)).json()) as {
        id: string;
        time: string;
        envelope: { to: { address: string }[] };
      }[];
      const mine = all.filter((mail) => mail.envelope.to.some((to) => to.address === address));
      return Promise.all(
        mine.map(async ({ id }) => readLetter(await (await fetch(`${url}/api/email/${id}/source`)).text(), address)),
      );
    },
  };
}
