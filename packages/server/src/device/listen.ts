import type { DeviceClient, ReceivedCall } from '@device-messaging/device-client';
import { EXIT_FAILED } from '../command-line/exit-error.js';

/** What to do with the calls. */
export interface CallHandling {
  /** What to reply, JSON text; `undefined`: nothing. */
  readonly replyTo: (call: ReceivedCall) => string | undefined;
  /** Ends after so many calls. */
  readonly count: number;
}

/**
 * Prints every call on a line of its own until Ctrl-C or the last call that was asked for.
 * @throws DeviceClientError when the device cannot listen, or its connection ends
 */
export async function listen(device: DeviceClient, url: string, { replyTo, count }: CallHandling): Promise<void> {
  const replies = new Set<Promise<void>>();
  let received = 0;
  await new Promise<void>((resolve, reject) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    void device.closed.then(reject);
    const receive = (call: ReceivedCall): void => {
      if (received >= count) return;
      received++;
      print(call);
      const payload = replyTo(call);
      if (payload !== undefined) keepUntilDone(replies, reply(call, payload));
      if (received === count) resolve();
    };
    device.listen(receive).then(() => note(`Listening at ${url}. Ctrl-C stops.`), reject);
  });
  await Promise.all(replies);
}

function print({ id, method, params }: ReceivedCall): void {
  const number = /^\d+$/.test(id) ? id : JSON.stringify(id);
  // In JSON line breaks stand between tokens alone.
  const line = params.replace(/[\r\n]+/g, ' ');
  process.stdout.write(`{"id":${number},"method":${JSON.stringify(method)},"params":${line}}\n`);
}

async function reply(call: ReceivedCall, payload: string): Promise<void> {
  try {
    if ((await call.reply(payload)) === false) note(`The reply to call ${call.id} came too late.`);
  } catch (error) {
    note(`The reply to call ${call.id} was not sent: ${(error as Error).message}`);
    process.exitCode = EXIT_FAILED;
  }
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function keepUntilDone(tasks: Set<Promise<void>>, task: Promise<void>): void {
  tasks.add(task);
  void task.finally(() => tasks.delete(task));
}
