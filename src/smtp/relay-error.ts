/**
 * Why a relay cannot be used. `text` is the server's reply, a code such as ECONNREFUSED, or words of
 * ours: it names no reader. `remedy`: what to do where that is something else than to look at the
 * relay.
 */
export class RelayError extends Error {
  readonly text: string;
  readonly remedy: string | null;
  /** How far the opening of the connection had come. */
  step: 'connect' | 'tls' | 'login' = 'connect';

  constructor(text: string, remedy: string | null = null) {
    super(text);
    this.text = text;
    this.remedy = remedy;
  }
}
