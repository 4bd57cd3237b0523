import { spawnSync } from 'node:child_process';

/**
 * A message as Python's `email` and `html.parser` understand it: a second opinion on what we
 * compose.
 */
export interface PythonMail {
  headers: [name: string, value: string][];
  defects: string[];
  types: string[];
  text: string;
  html: string;
  title: string;
  headlines: string[];
  hrefs: string[];
}

const SCRIPT = `
import base64, email, email.policy, html.parser, json, sys

class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.hrefs, self.headlines, self.title, self.at = [], [], '', None
    def handle_starttag(self, tag, attributes):
        if tag == 'a': self.hrefs.append(dict(attributes).get('href'))
        if tag == 'h2': self.headlines.append('')
        if tag in ('h2', 'title'): self.at = tag
    def handle_endtag(self, tag):
        if tag == self.at: self.at = None
    def handle_data(self, data):
        if self.at == 'h2': self.headlines[-1] += data
        if self.at == 'title': self.title += data

def read(raw):
    message = email.message_from_bytes(base64.b64decode(raw), policy=email.policy.default)
    parts = list(message.iter_parts())
    text, html = (part.get_content().replace('\\r\\n', '\\n') for part in parts)
    page = Page()
    page.feed(html)
    defects = [type(d).__name__ for part in [message, *parts] for d in part.defects]
    defects += [type(d).__name__ for value in message.values() for d in value.defects]
    return dict(headers=[[k, str(v)] for k, v in message.items()], defects=defects, types=[p.get_content_type() for p in parts],
                text=text, html=html, title=page.title, headlines=page.headlines, hrefs=page.hrefs)

json.dump([read(raw) for raw in json.load(sys.stdin)], sys.stdout)
`;

export const pythonIsHere = spawnSync('python3', ['-c', 'import email.policy']).status === 0;
if (!pythonIsHere) {
  if (process.env.CI === 'true') throw new Error('python3 is missing: install it, it reads the messages a second time');
  console.warn('skipped: reading the messages with python3, which is not installed');
}

export function readWithPython(messages: readonly Buffer[]): PythonMail[] {
  const input = JSON.stringify(messages.map((message) => message.toString('base64')));
  const { status, stdout, stderr } = spawnSync('python3', ['-c', SCRIPT], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`python3 could not read the messages: ${stderr}`);
  return JSON.parse(stdout) as PythonMail[];
}
