import type { Properties } from '../codec/properties.js';

/** Where an answer belongs: the host keeps one for each request and hands it back. */
export class RequestNote {
  /** The answer was too large for the client once; the host then sends a shorter one, and gives up after that. */
  wasTooLarge = false;

  constructor(
    /** The last level of the request's topic, echoed in the answer's. */
    readonly id: string,
    /** MQTT 5: correlation data and user properties come back with the answer. */
    readonly properties: Readonly<Properties>,
  ) {}
}
