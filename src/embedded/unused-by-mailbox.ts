// Stands in for MailDev's door for language models, which is shut here.

const unused = (): never => {
  throw new Error('the mailbox was taken to have no use for this');
};

export const registerMCPHandlers = unused;
export const isInitializeRequest = unused;
export class Server {
  constructor() {
    unused();
  }
}
export class StreamableHTTPServerTransport {
  constructor() {
    unused();
  }
}
