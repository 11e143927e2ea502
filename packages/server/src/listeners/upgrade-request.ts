import type { IncomingMessage } from 'node:http';

/** Whether a request that offers another protocol offers WebSocket (RFC 6455 section 4.2.1), be it well or badly. */
export function isWebSocketHandshake({ headers }: IncomingMessage): boolean {
  return listOf(headers.upgrade).some((protocol) => protocol.toLowerCase() === 'websocket');
}

/** The head of a request as it would be without its offer of another protocol, as bytes. */
export function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    const kept = keptOf(name.toLowerCase(), value);
    if (kept !== undefined) lines.push(`${name}: ${kept}`);
  }
  // Node reads heads as Latin-1 (RFC 9110 section 5.5).
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** What stays of a header. `undefined`: nothing, it speaks of the offer alone. */
function keptOf(name: string, value: string): string | undefined {
  if (name === 'upgrade' || name === 'http2-settings') return undefined;
  if (name !== 'connection') return value;
  return listOf(value)
    .filter((option) => !['upgrade', 'http2-settings'].includes(option.toLowerCase()))
    .join(', ');
}

function listOf(value: string | undefined): readonly string[] {
  return (value ?? '').split(',').map((item) => item.trim());
}
