import { Exchange } from './exchange.js';

const NOTHING = Buffer.from('{}');

/** `GET …/attributes`: nothing is stored here, so every device has none. */
export class AttributesQuery extends Exchange {
  protected proceed(): void {
    this.respond(200, NOTHING);
  }
}
