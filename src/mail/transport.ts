/**
 * One message for one recipient, ready for the wire: headers and body with CRLF line ends, not yet
 * dot-stuffed.
 */
export interface Outgoing {
  /** Return path (RFC 5321 MAIL FROM). */
  from: string;
  to: string;
  message: readonly Buffer[];
  /**
   * Known to be 7-bit, to end in CRLF and to have no line that begins with a dot: none of it needs
   * to be looked at.
   */
  plain?: boolean;
}

/** What became of one message, as far as it can be known. */
export type SendResult =
  /**
   * The server answered; `code` is its three digits, `text` the rest (it may quote the address: not
   * for logs). `about` the sender: it was MAIL FROM that was refused.
   */
  | { kind: 'reply'; code: number; text: string; about?: 'sender' }
  /**
   * The server never got the whole message: nothing can have been delivered. `relayDown` when no
   * connection could be had at all.
   */
  | { kind: 'unsent'; relayDown: boolean; text: string }
  /** It was taken back before anything of it was sent: no failure. */
  | { kind: 'withdrawn'; text: string }
  /**
   * The whole message was handed over and no answer came back: it may or may not have been
   * delivered.
   */
  | { kind: 'lost'; text: string };

/**
 * One message's permission to be handed over. It is held until what became of the message is
 * recorded.
 */
export interface Permit {
  /**
   * `go`: hand it over, now. `wait`: too much is unrecorded, and `again` is called when there is
   * room. `never`: it is no longer ours to send.
   */
  take(again: () => void): 'go' | 'wait' | 'never';
  /** What became of it is recorded, or it is not handed over after all. */
  giveBack(): void;
}

/** How messages leave. Implementations never throw from `send`: every outcome is a result. */
export interface Transport {
  /** How many connections it keeps at most. Each is busiest with two sends under way. */
  readonly connections: number;
  /**
   * `withdrawn` fires when messages that still wait for a connection are not to be sent after all.
   * Callers share one among many messages. Without a `permit` the message is handed over as soon as
   * the server asks for it.
   */
  send(message: Outgoing, withdrawn?: AbortSignal, permit?: Permit): Promise<SendResult>;
  /** Throws RELAY_UNAVAILABLE unless a relay answers and lets us in. */
  verify(): Promise<void>;
  /**
   * Waits for the messages under way, then says QUIT to the relay; `force` cuts them off, and each
   * still gets its result.
   */
  close(options?: { force?: boolean }): Promise<void>;
}

/** How one relay answered to an attempt at connecting, securing the connection and logging in. */
export interface RelayState {
  /** `null`: a program of this machine. */
  host: string | null;
  where: string;
  security: 'implicit' | 'starttls' | 'none';
  /** `null`: it takes our mail. */
  failure: { step: 'connect' | 'tls' | 'login'; words: string; remedy: string | null } | null;
  ms: number;
  /** The version of TLS. */
  protocol: string | null;
  /** Until when its certificate is good. */
  validUntil: Date | null;
}
