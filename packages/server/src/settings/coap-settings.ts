import { MAX_TIMER_MS } from '@device-messaging/host-api';
import { DEFAULT_COAP_LIMITS, type CoapLimits } from '@device-messaging/transport-coap';
import { IsFilledText, IsIntegerFrom, IsSection } from './value-rules.js';

/** What devices may cost over CoAP; each member is explained at {@link CoapLimits}. */
export class CoapLimitSettings implements CoapLimits {
  @IsIntegerFrom(128, 16_777_216)
  maxBodyBytes = DEFAULT_COAP_LIMITS.maxBodyBytes;

  @IsIntegerFrom(16, 1_024)
  maxBlockBytes = DEFAULT_COAP_LIMITS.maxBlockBytes;

  @IsIntegerFrom(1, 1_999)
  ackDelayMs = DEFAULT_COAP_LIMITS.ackDelayMs;

  @IsIntegerFrom(1, MAX_TIMER_MS)
  lookUpTimeoutMs = DEFAULT_COAP_LIMITS.lookUpTimeoutMs;

  @IsIntegerFrom(1, 60_000)
  ackTimeoutMs = DEFAULT_COAP_LIMITS.ackTimeoutMs;

  @IsIntegerFrom(0, 10)
  maxRetransmit = DEFAULT_COAP_LIMITS.maxRetransmit;

  @IsIntegerFrom(0, 10)
  maxRetransmitUnverified = DEFAULT_COAP_LIMITS.maxRetransmitUnverified;

  @IsIntegerFrom(1, 50_000)
  maxOpenPerEndpoint = DEFAULT_COAP_LIMITS.maxOpenPerEndpoint;

  @IsIntegerFrom(1, 10_000_000)
  maxOpen = DEFAULT_COAP_LIMITS.maxOpen;

  @IsIntegerFrom(1, 65_536)
  maxReceiptsPerEndpoint = DEFAULT_COAP_LIMITS.maxReceiptsPerEndpoint;

  @IsIntegerFrom(1, 10_000_000)
  maxReceipts = DEFAULT_COAP_LIMITS.maxReceipts;

  @IsIntegerFrom(65_536, Number.MAX_SAFE_INTEGER)
  maxReceiptBytes = DEFAULT_COAP_LIMITS.maxReceiptBytes;

  @IsIntegerFrom(1, 10_000_000)
  maxObserversPerEndpoint = DEFAULT_COAP_LIMITS.maxObserversPerEndpoint;

  @IsIntegerFrom(1, 10_000_000)
  maxObservers = DEFAULT_COAP_LIMITS.maxObservers;

  @IsIntegerFrom(1_000, MAX_TIMER_MS)
  observerIdleMs = DEFAULT_COAP_LIMITS.observerIdleMs;

  @IsIntegerFrom(1_000, MAX_TIMER_MS)
  unverifiedIdleMs = DEFAULT_COAP_LIMITS.unverifiedIdleMs;

  @IsIntegerFrom(1_000, MAX_TIMER_MS)
  fetchTimeoutMs = DEFAULT_COAP_LIMITS.fetchTimeoutMs;

  @IsIntegerFrom(1, 1_000)
  maxUploadsPerEndpoint = DEFAULT_COAP_LIMITS.maxUploadsPerEndpoint;

  @IsIntegerFrom(65_536, Number.MAX_SAFE_INTEGER)
  maxUploadBytes = DEFAULT_COAP_LIMITS.maxUploadBytes;

  @IsIntegerFrom(1_000, MAX_TIMER_MS)
  uploadTimeoutMs = DEFAULT_COAP_LIMITS.uploadTimeoutMs;

  @IsIntegerFrom(1, 1_000)
  maxDownloadsPerEndpoint = DEFAULT_COAP_LIMITS.maxDownloadsPerEndpoint;

  @IsIntegerFrom(65_536, Number.MAX_SAFE_INTEGER)
  maxDownloadBytesPerEndpoint = DEFAULT_COAP_LIMITS.maxDownloadBytesPerEndpoint;

  @IsIntegerFrom(65_536, Number.MAX_SAFE_INTEGER)
  maxDownloadBytes = DEFAULT_COAP_LIMITS.maxDownloadBytes;

  @IsIntegerFrom(1_000, MAX_TIMER_MS)
  downloadTimeoutMs = DEFAULT_COAP_LIMITS.downloadTimeoutMs;
}

/** Where devices connect by CoAP. */
export class CoapSettings {
  /** An address of this machine; `0.0.0.0` is every IPv4 address it has. */
  @IsFilledText()
  bindAddress = '0.0.0.0';

  /** UDP port; 0 takes any free one. */
  @IsIntegerFrom(0, 65_535)
  bindPort = 5683;

  @IsSection(() => CoapLimitSettings)
  limits = new CoapLimitSettings();
}
