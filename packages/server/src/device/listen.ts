import type { DeviceClient, ReceivedCall } from '@device-messaging/device-client';
import { failureOf } from './connection.js';

/** What to do with the calls. */
export interface ListenArguments {
  /** JSON text to reply with; absent: see `echo`. */
  readonly reply?: string;
  /** Replies with the call's params. Neither: calls are shown and not replied to. */
  readonly echo: boolean;
  /** Ends after so many calls. */
  readonly count: number;
}

/** Prints every call on a line of its own, until Ctrl-C, the last call that was asked for, or the connection's end. */
export async function listen(device: DeviceClient, where: string, { reply, echo, count }: ListenArguments): Promise<void> {
  const replies = new Set<Promise<void>>();
  let left = count;
  const done = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    const receive = (call: ReceivedCall): void => {
      if (left <= 0) return;
      left--;
      print(call);
      const answer = echo ? call.params : reply;
      const replied = answer === undefined ? Promise.resolve() : sendReply(call, answer);
      replies.add(replied);
      void replied.finally(() => replies.delete(replied));
      if (left === 0) resolve();
    };
    void device.listen(receive).then(
      () => note(`Listening at ${where}. Ctrl-C stops.`),
      // The connection's end says the same, and more.
      () => undefined,
    );
  });
  await done;
  await Promise.all(replies);
}

function print({ id, method, params }: ReceivedCall): void {
  // Line breaks stand between tokens alone.
  const line = params.replace(/[\r\n]+/g, ' ');
  process.stdout.write(`{"id":${id},"method":${JSON.stringify(method)},"params":${line}}\n`);
}
