import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** One session of a relay that does exactly what a test says. */
export interface ScriptedSession {
  socket: Socket;
  /** Waits for the next line, or `null` at the end. */
  line(): Promise<string | null>;
  say(...lines: string[]): void;
  /** Reads the lines of a message up to its final dot, and gives them as they came. */
  body(): Promise<string[]>;
  /** Greets and answers EHLO; `extensions` are announced. */
  hello(extensions?: readonly string[]): Promise<void>;
  /** Answers MAIL, RCPT and DATA and reads the message. */
  envelope(): Promise<string[]>;
}

export interface ScriptedRelay extends AsyncDisposable {
  url: string;
  sessions: number;
}

/**
 * A relay on a loopback port whose sessions follow the scripts, one after the other; the last one
 * serves all that follow.
 */
export async function scriptedRelay(
  ...scripts: ((session: ScriptedSession) => Promise<void> | void)[]
): Promise<ScriptedRelay> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    const script = scripts[Math.min(relay.sessions++, scripts.length - 1)]!;
    void Promise.resolve(script(sessionOf(socket))).catch(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay: ScriptedRelay = {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return relay;
}

function sessionOf(socket: Socket): ScriptedSession {
  const lines = readLines(socket);
  const line = async (): Promise<string | null> => (await lines.next()).value ?? null;
  const say = (...text: string[]): void => {
    socket.write(text.map((t) => `${t}\r\n`).join(''));
  };
  const body = async (): Promise<string[]> => {
    const read: string[] = [];
    for (let next = await line(); next !== '.'; next = await line()) {
      if (next === null) throw new Error('the message ended early');
      read.push(next);
    }
    return read;
  };
  return {
    socket,
    line,
    say,
    body,
    async hello(extensions = []) {
      say('220 scripted');
      await line();
      say('250-scripted', ...extensions.map((e) => `250-${e}`), '250 HELP');
    },
    async envelope() {
      for (const answer of ['250 ok', '250 ok', '354 go ahead']) {
        if ((await line()) === null) throw new Error('the session ended early');
        say(answer);
      }
      return body();
    },
  };
}

async function* readLines(socket: Socket): AsyncGenerator<string> {
  let rest = '';
  // latin1 keeps every byte.
  for await (const chunk of socket.setEncoding('latin1') as AsyncIterable<string>) {
    const parts = (rest + chunk).split('\r\n');
    rest = parts.pop()!;
    yield* parts;
  }
}
