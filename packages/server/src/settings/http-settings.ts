import { IsFilledText, IsIntegerFrom } from './value-rules.js';

/** Where the server answers HTTP: health, for now. */
export class HttpSettings {
  /** An address of this machine; `0.0.0.0` is every IPv4 address it has. */
  @IsFilledText()
  bindAddress = '0.0.0.0';

  /** TCP port; 0 takes any free one. */
  @IsIntegerFrom(0, 65_535)
  bindPort = 8080;
}
