import { StartError } from '../start-error.js';

/** What was to listen, and where. */
export interface ListenAttempt {
  /** Shown to people, and the beginning of its environment variables: `MQTT`. */
  readonly protocol: string;
  readonly bindAddress: string;
  readonly bindPort: number;
  /** Whose address it shares: `MQTT` of MQTTS. Its own when absent. */
  readonly addressOf?: string;
}

/** Says in one line why a listener could not listen, and what to do. */
export function listenError(attempt: ListenAttempt, cause: unknown): StartError {
  const { protocol, bindAddress, bindPort, addressOf = protocol } = attempt;
  const [address, port] = [`${addressOf.toUpperCase()}_BIND_ADDRESS`, `${protocol.toUpperCase()}_BIND_PORT`];
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  switch (code) {
    case 'EADDRINUSE':
      return line(`Port ${bindPort} on ${bindAddress} is taken (${protocol}). Stop the other program or set ${port}.`);
    case 'EACCES':
      return line(`Port ${bindPort} is not free for this user (${protocol}). Set ${port} to 1024 or more.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return line(`${bindAddress} is no address of this machine (${protocol}). Set ${address} to one of its own.`);
    default:
      return line(`Cannot listen on ${bindAddress}, port ${bindPort} (${protocol}): ${String(cause)}`);
  }

  function line(text: string): StartError {
    return new StartError([text], { cause });
  }
}
