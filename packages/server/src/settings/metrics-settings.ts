import { IsFilledText, IsIntegerFromOrUnset } from './value-rules.js';

/** Where Prometheus finds `/metrics`. */
export class MetricsSettings {
  /**
   * The address of the port of their own. This machine alone unless said otherwise: whoever gives them a port of their
   * own wants them apart from what devices reach. A scrape that is refused is noticed, numbers that anybody reads are not.
   */
  @IsFilledText()
  bindAddress = '127.0.0.1';

  /** A TCP port of their own, 0 takes any free one. Unset: the HTTP and HTTPS ports have them. */
  @IsIntegerFromOrUnset(0, 65_535)
  bindPort: number | undefined = undefined;
}
