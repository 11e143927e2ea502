import { DEFAULT_COAP_LIMITS, COAP_LIMIT_RANGES, type CoapLimits } from '@device-messaging/transport-coap';
import { limitsSection } from './limits-section.js';
import { IsFilledText, IsIntegerFrom, IsSection } from './value-rules.js';

/** What devices may cost over CoAP; each member is explained at `CoapLimits`. */
const CoapLimitSettings = limitsSection(DEFAULT_COAP_LIMITS, COAP_LIMIT_RANGES);

/** Where devices connect by CoAP. */
export class CoapSettings {
  /** An address of this machine; `0.0.0.0` is every IPv4 address it has. */
  @IsFilledText()
  bindAddress = '0.0.0.0';

  /** UDP port; 0 takes any free one. */
  @IsIntegerFrom(0, 65_535)
  bindPort = 5683;

  @IsSection(() => CoapLimitSettings)
  limits: CoapLimits = new CoapLimitSettings();
}
