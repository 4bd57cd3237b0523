import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mailboxOf } from '../../src/subscribers/mailbox.ts';

test.each([
  ['Ada@Example.org', 'ada@example.org'],
  ['ada+news@example.org', 'ada@example.org'],
  ['a.d.a@example.org', 'a.d.a@example.org'],
  ['ada-news@example.org', 'ada-news@example.org'],
  ['"ada"@example.org', 'ada@example.org'],
  ['"a\\da+x"@example.org', 'ada@example.org'],
  ['a.d.a+x+y@gmail.com', 'ada@gmail.com'],
  ['A.da@GoogleMail.com', 'ada@gmail.com'],
  ['a.da@pm.me', 'ada@proton.me'],
  ['ada-papers@yahoo.com', 'ada@yahoo.com'],
  ['ada-papers@yahoo.co.uk', 'ada@yahoo.co.uk'],
  ['ada+papers@yahoo.fr', 'ada+papers@yahoo.fr'],
  ['ada-papers@notyahoo.com', 'ada-papers@notyahoo.com'],
  // What begins with a tag has nothing before it to be folded to.
  ['+ada@example.org', '+ada@example.org'],
])('the inbox of %s is counted as %s', (address, mailbox) => expect(mailboxOf(address)).toBe(mailbox));

test('an inbox is counted as itself however often it is folded, and tags never make another one of it', () => {
  const local = fc.stringMatching(/^[a-z][a-z0-9.]{0,8}$/);
  const domain = fc.constantFrom('gmail.com', 'googlemail.com', 'example.org', 'proton.me');
  fc.assert(
    fc.property(local, domain, fc.stringMatching(/^[a-z0-9.+-]{0,8}$/), (name, at, tag) => {
      const mailbox = mailboxOf(`${name}@${at}`);
      expect(mailboxOf(mailbox)).toBe(mailbox);
      expect(mailboxOf(`${name.toUpperCase()}+${tag}@${at}`)).toBe(mailbox);
    }),
  );
});
