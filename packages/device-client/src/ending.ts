import { DeviceClientError } from './device-client-error.js';

/** The one end of a connection: what is under way is told of it, once, and so is what begins later. */
export class Ending {
  readonly closed: Promise<DeviceClientError>;
  private readonly waiting = new Set<(reason: DeviceClientError) => void>();
  private resolve!: (reason: DeviceClientError) => void;
  private ended: DeviceClientError | undefined;

  constructor() {
    this.closed = new Promise((resolve) => (this.resolve = resolve));
  }

  /** Why it ended; `undefined` before. */
  get reason(): DeviceClientError | undefined {
    return this.ended;
  }

  /** The first reason counts. */
  end(reason: DeviceClientError): void {
    if (this.ended !== undefined) return;
    this.ended = reason;
    for (const fail of this.waiting) fail(reason);
    this.waiting.clear();
    this.resolve(reason);
  }

  /**
   * Waits for something for as long as the connection lasts and no longer than `ms`.
   * @param begin starts it; what it returns is run when the wait is over, for whatever reason
   */
  wait<T>(
    ms: number,
    what: string,
    begin: (resolve: (value: T) => void, reject: (error: DeviceClientError) => void) => (() => void) | void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) return reject(this.ended);
      let cleanUp: (() => void) | void = undefined;
      let isOver = false;
      const over = (): boolean => {
        if (isOver) return false;
        isOver = true;
        clearTimeout(timer);
        this.waiting.delete(fail);
        cleanUp?.();
        return true;
      };
      const fail = (error: DeviceClientError): void => {
        if (over()) reject(error);
      };
      const timer = setTimeout(() => fail(new DeviceClientError('timeout', `${what} within ${ms} ms.`)), ms);
      this.waiting.add(fail);
      cleanUp = begin((value) => over() && resolve(value), fail);
      if (isOver) cleanUp?.();
    });
  }
}
