import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What the server has just got: `BODY` the first part of a message, `DOT` the whole of it. */
export type Moment =
  'CONNECT' | 'EHLO' | 'HELO' | 'MAIL' | 'RCPT' | 'DATA' | 'BODY' | 'DOT' | 'RSET' | 'QUIT' | 'OTHER';

/**
 * What it does instead of the usual: other bytes, or something to the connection (`goodbye`: the
 * usual answer, then closing; `{ hang }`: for so many milliseconds, then closing).
 */
export type Act = { say: string; hangs?: true } | { hang: number } | 'drop' | 'reset' | 'hang' | 'goodbye';

/**
 * `to`: the reader, once RCPT was taken. `nth`: how often this moment has come, over all
 * connections. `usual`: the answer without line end.
 */
export interface Event {
  moment: Moment;
  line: string;
  to: string | null;
  connection: number;
  nth: number;
  usual: string;
}

interface Options {
  extensions?: readonly string[];
  act?: (event: Event) => Act | undefined;
  /** How replies leave: each at once, byte by byte, or all together when the input is used up. */
  pace?: 'plain' | 'bytes' | 'glued';
  port?: number;
  /** Who may log in, by the line of AUTH; then no one else may send. */
  login?: ((line: string) => boolean) | null;
  /** Off: of what comes only the numbers, the recipients and the Message-IDs are kept. */
  keep?: boolean;
}

/** A message that came whole and was not refused: its reader may have it. */
export interface Taken {
  to: string;
  messageId: string;
  connection: number;
}

const USUAL: Record<Moment, string> = {
  CONNECT: '220 fault.example ESMTP',
  EHLO: '250 fault.example',
  HELO: '250 fault.example',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go ahead',
  BODY: '',
  DOT: '250 2.0.0 queued',
  RSET: '250 2.0.0 ok',
  QUIT: '221 2.0.0 bye',
  OTHER: '500 5.5.1 what?',
};

/** A small but strict SMTP server that breaks where a test says so and remembers what it got. */
export class FaultServer {
  /**
   * Recipients of messages that came whole, and of those among them that were answered with 2xx.
   */
  readonly whole: string[] = [];
  readonly taken: Taken[] = [];
  readonly accepted: string[] = [];
  readonly bodies: string[] = [];
  readonly lines: string[] = [];
  readonly options: Required<Options>;
  readonly sockets = new Set<Socket>();
  connections = 0;
  most = 0;
  #moments = new Map<Moment, number>();
  #server = createServer((socket) => this.#welcome(socket));

  constructor(options: Options) {
    this.options = {
      extensions: ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'],
      act: () => undefined,
      pace: 'plain',
      port: 0,
      keep: true,
      login: null,
      ...options,
    };
  }

  async listen(): Promise<this> {
    await once(this.#server.listen(this.options.port, '127.0.0.1'), 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** How often this moment has come. */
  times(moment: Moment): number {
    return this.#moments.get(moment) ?? 0;
  }

  count(moment: Moment): number {
    const nth = this.times(moment) + 1;
    this.#moments.set(moment, nth);
    return nth;
  }

  /** Ends what is open and listens no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #welcome(socket: Socket): void {
    this.sockets.add(socket);
    this.most = Math.max(this.most, this.sockets.size);
    socket
      .setNoDelay(true)
      .on('error', () => {})
      .on('close', () => this.sockets.delete(socket));
    new FaultSession(this, socket, ++this.connections);
  }
}

export const faultServer = (options: Options = {}): Promise<FaultServer> => new FaultServer(options).listen();

class FaultSession {
  #server: FaultServer;
  #socket: Socket;
  #connection: number;
  #input = '';
  #output = '';
  #dead = false;
  #loggedIn = false;
  #inBody = false;
  #bodyBegun = false;
  #from: string | null = null;
  #to: string | null = null;

  constructor(server: FaultServer, socket: Socket, connection: number) {
    this.#server = server;
    this.#socket = socket;
    this.#connection = connection;
    this.#meet('CONNECT');
    this.#flush();
    socket.setEncoding('latin1').on('data', (chunk: string) => this.#read(chunk));
  }

  #read(chunk: string): void {
    this.#input += chunk;
    while (!this.#dead && (this.#inBody ? this.#readBody() : this.#readLine()));
    if (!this.#dead) this.#flush();
  }

  #readLine(): boolean {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.slice(0, end);
    this.#input = this.#input.slice(end + 2);
    if (this.#server.options.keep) this.#server.lines.push(line);
    this.#command(line);
    return true;
  }

  #readBody(): boolean {
    if (!this.#bodyBegun && this.#input !== '') {
      this.#bodyBegun = true;
      this.#meet('BODY');
      if (this.#dead) return false;
    }
    const end = this.#input.startsWith('.\r\n') ? 0 : this.#input.indexOf('\r\n.\r\n') + 2;
    if (end === 1) return false;
    const to = this.#to ?? 'nobody';
    const messageId = copyOf(/^message-id:\s*(\S+)/im.exec(this.#input.slice(0, Math.min(end, 4096)))?.[1] ?? '');
    this.#server.whole.push(to);
    if (this.#server.options.keep) this.#server.bodies.push(this.#input.slice(0, end));
    this.#input = this.#input.slice(end + 3);
    this.#inBody = this.#bodyBegun = false;
    const code = this.#meet('DOT', '', this.#to === null ? '554 5.5.1 nobody to give it to' : USUAL.DOT);
    if (code < 4) this.#server.taken.push({ to, messageId, connection: this.#connection });
    if (code === 2) this.#server.accepted.push(to);
    this.#from = this.#to = null;
    return true;
  }

  #command(line: string): void {
    const path = /<(.*)>/.exec(line)?.[1] ?? '';
    switch (line.slice(0, 4)) {
      case 'EHLO':
        return void this.#meet(
          'EHLO',
          line,
          ['250-fault.example', ...this.#server.options.extensions.map((e) => `250-${e}`), '250 HELP'].join('\r\n'),
        );
      case 'HELO':
        return void this.#meet('HELO', line);
      case 'MAIL':
        if (this.#meet('MAIL', line, this.#answerToMail()) === 2) this.#from = path;
        return;
      case 'AUTH':
        this.#loggedIn = this.#server.options.login?.(line) ?? false;
        return void this.#meet('OTHER', line, this.#loggedIn ? '235 2.7.0 welcome' : '535 5.7.8 no');
      case 'RCPT':
        if (this.#meet('RCPT', line, this.#from === null ? '503 5.5.1 MAIL first' : USUAL.RCPT) === 2)
          this.#to = copyOf(path);
        return;
      case 'DATA':
        this.#inBody = this.#meet('DATA', line, this.#to === null ? '554 5.5.1 no valid recipients' : USUAL.DATA) === 3;
        return;
      case 'RSET':
        this.#meet('RSET', line);
        this.#from = this.#to = null;
        return;
      case 'QUIT':
        this.#meet('QUIT', line);
        this.#flush();
        return void this.#socket.end();
      default:
        this.#meet('OTHER', line);
    }
  }

  #answerToMail(): string {
    if (this.#server.options.login !== null && !this.#loggedIn) return '530 5.7.0 log in first';
    return this.#from === null ? USUAL.MAIL : '503 5.5.1 nested MAIL';
  }

  /**
   * Answers as usual unless the test has another idea; gives the first digit of what was said, or
   * 0.
   */
  #meet(moment: Moment, line = '', usual = USUAL[moment]): number {
    const act = this.#server.options.act({
      moment,
      line,
      to: this.#to,
      usual,
      connection: this.#connection,
      nth: this.#server.count(moment),
    }) ?? { say: usual && `${usual}\r\n` };
    if (typeof act === 'object' && 'say' in act) {
      this.#output += act.say;
      if (this.#server.options.pace !== 'glued' || act.hangs) this.#flush();
      if (act.hangs) this.#dead = true;
      return Number(act.say[0] ?? 0) || 0;
    }
    if (act === 'goodbye') this.#output += `${usual}\r\n`;
    this.#flush();
    this.#dead = true;
    if (typeof act === 'object') setTimeout(() => this.#socket.destroy(), act.hang);
    if (act === 'reset') this.#socket.resetAndDestroy();
    if (act === 'drop') this.#socket.destroy();
    if (act === 'goodbye') this.#socket.end();
    return act === 'goodbye' ? Number(usual[0]) : 0;
  }

  #flush(): void {
    const bytes = Buffer.from(this.#output, 'latin1');
    this.#output = '';
    if (bytes.length === 0) return;
    if (this.#server.options.pace === 'bytes') for (const byte of bytes) this.#socket.write(Buffer.of(byte));
    else this.#socket.write(bytes);
  }
}

/** What is cut from a string keeps the whole of it in memory. */
const copyOf = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
