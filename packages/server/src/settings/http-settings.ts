import { MAX_TIMER_MS } from '@device-messaging/host-api';
import { DEFAULT_HTTP_LIMITS, HTTP_LIMIT_RANGES, type HttpLimits } from '@device-messaging/transport-http';
import { limitsSection } from './limits-section.js';
import { IsFilledText, IsIntegerFrom, IsNetworkList, IsSection, IsTextList } from './value-rules.js';

/** What devices may cost over HTTP; each member is explained at `HttpLimits`. */
const HttpLimitSettings = limitsSection(DEFAULT_HTTP_LIMITS, HTTP_LIMIT_RANGES);

/** Where the server answers HTTP: health, devices, administrators, and MQTT over WebSocket. */
export class HttpSettings {
  /** An address of this machine; `0.0.0.0` is every IPv4 address it has. HTTPS is bound to it, too. */
  @IsFilledText()
  bindAddress = '0.0.0.0';

  /** TCP port; 0 takes any free one. */
  @IsIntegerFrom(0, 65_535)
  bindPort = 8080;

  /** The port of HTTPS, which is there when a certificate is set. */
  @IsIntegerFrom(0, 65_535)
  tlsBindPort = 8443;

  /**
   * Proxies whose `X-Forwarded-For` is believed: for the address of an administrator, by which attempts to log in are
   * bounded. Addresses, networks, or `loopback`, `linklocal`, `uniquelocal`. None: nobody's, so that no client chooses
   * its own address. There is no way to believe everybody.
   */
  @IsNetworkList()
  trustProxy: string[] = [];

  /** Web pages of these origins may use the device API and the admin API: `https://example.org`, or `*` for all. None: CORS is off. */
  @IsTextList()
  corsOrigins: string[] = [];

  /** Ms that a client may take for the headers of a request, from the first byte or the start of the connection. */
  @IsIntegerFrom(1, MAX_TIMER_MS)
  headersTimeoutMs = 10_000;

  /** Ms that a client may take for a whole request, body included. */
  @IsIntegerFrom(1, MAX_TIMER_MS)
  requestTimeoutMs = 30_000;

  @IsSection(() => HttpLimitSettings)
  limits: HttpLimits = new HttpLimitSettings();
}
